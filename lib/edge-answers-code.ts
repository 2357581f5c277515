/**
 * Code of a CloudFront function (runtime 2.0) that answers every request by itself. It knows no 304: that a function may give one is
 * documented nowhere, and the documents are small.
 *
 * @param answers JSON of the custom resource `EdgeAnswers`; a token until deployment, and valid as JavaScript too
 */
export const edgeAnswersCode = (answers: string): string => `const answers = ${answers};

function reply(statusCode, statusDescription, more, data) {
  const headers = {};
  for (const [name, value] of Object.entries(Object.assign({}, answers.headers, more))) headers[name] = { value };
  return { statusCode, statusDescription, headers, body: { encoding: 'text', data } };
}

function handler({ request }) {
  const found = answers.documents[request.uri];
  if (!found) {
    const body = { code: 'NOT_FOUND', message: 'There is nothing at this path.' };
    return reply(404, 'Not Found', { 'cache-control': 'no-store' }, JSON.stringify(body));
  }
  return reply(200, 'OK', { etag: found.etag }, request.method === 'HEAD' ? '' : JSON.stringify(found.document));
}
`;
