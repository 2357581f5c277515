/** The function of the app that the full stack is compared with. */
export const handler = async () => ({ statusCode: 200, body: 'ok' });
