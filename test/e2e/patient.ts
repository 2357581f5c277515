import { setTimeout as wait } from 'node:timers/promises';

/** The two-factor endpoints' window; all other limits leave room for two runs, and waiting for them would look like hanging. */
const longestWait = 10;

/** A client that does what a 429 says, once, so that a run right after another one passes too. */
export function patient(reach: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await reach(input, init);
    const seconds = Number(response.headers.get('retry-after'));
    if (response.status !== 429 || seconds > longestWait) return response;
    await wait(seconds * 1000);
    return reach(input, init);
  };
}
