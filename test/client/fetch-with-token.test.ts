import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTokenManager, type TokenManager } from '../../client/index.ts';
import { type Respond, startServer, status } from '../verify/key-server.ts';
import { start, startAuthServer } from './tokens.ts';

const auth = await startAuthServer();
/** What a resource server got, in order. */
const got: { authorization: string | undefined; body: string }[] = [];
let answer: Respond;
const record: Respond = (request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    got.push({ authorization: request.headers.authorization, body });
    answer(request, response);
  });
};
const api = await startServer(record);
const elsewhere = await startServer(record);
afterAll(() => Promise.all([auth.stop(), api.stop(), elsewhere.stop()]));

let time: number;
let tokens: TokenManager;
beforeEach(() => {
  time = start;
  got.length = 0;
  auth.requests.length = 0;
  auth.signIn(true);
  auth.fail(undefined);
  answer = status(200);
  tokens = createTokenManager({ baseURL: auth.url, resourceOrigins: [api.url], now: () => new Date(time * 1000) });
});
afterEach(() => tokens.close());

const bearer = async () => `Bearer ${await tokens.getToken()}`;
const refuse = (authorization: string): Respond => {
  return (request, response) => status(request.headers.authorization === authorization ? 401 : 200)(request, response);
};

test('sends the token to the origins of the list, with all that the request has', async () => {
  const headers = { 'X-Trace': '1' };
  const response = await tokens.fetchWithToken(`${api.url}/orders`, { method: 'POST', body: 'an order', headers });
  expect(response.status).toBe(200);
  expect(got).toEqual([{ authorization: await bearer(), body: 'an order' }]);
});

test('sends it nowhere else', async () => {
  const { port } = new URL(api.url);
  await tokens.fetchWithToken(elsewhere.url);
  await tokens.fetchWithToken(`http://localhost:${port}`);
  expect(got.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  expect(auth.requests).toEqual([]);
});

test('leaves an Authorization header of the caller alone', async () => {
  await tokens.fetchWithToken(api.url, { headers: { Authorization: 'Basic YTpi' } });
  expect(got[0]?.authorization).toBe('Basic YTpi');
});

test('does not follow a redirect with the token, unless it is told to', async () => {
  answer = (request, response) => status(302, { location: elsewhere.url })(request, response);
  await expect(tokens.fetchWithToken(api.url)).rejects.toMatchObject({ name: 'TypeError' });
  expect(got).toHaveLength(1);
  answer = (request, response) => status(request.url === '/' ? 307 : 200, { location: '/moved' })(request, response);
  expect((await tokens.fetchWithToken(api.url, { redirect: 'follow' })).status).toBe(200);
});

test('after a 401 renews the token once, and sends the same request again', async () => {
  const old = await bearer();
  answer = refuse(old);
  const response = await tokens.fetchWithToken(new Request(api.url, { method: 'PUT', body: 'an order' }));
  expect(response.status).toBe(200);
  expect(got).toEqual([
    { authorization: old, body: 'an order' },
    { authorization: await bearer(), body: 'an order' },
  ]);
  expect(await bearer()).not.toBe(old);
  expect(auth.requests).toHaveLength(2);
});

test('a request is not sent again in the name of somebody else', async () => {
  const old = await bearer();
  answer = refuse(old);
  auth.signIn(true, 'user-2');
  const response = await tokens.fetchWithToken(api.url, { method: 'DELETE' });
  expect(response.status).toBe(401);
  expect(got).toEqual([{ authorization: old, body: '' }]);
  // The next request is the new user's own.
  expect((await tokens.fetchWithToken(api.url)).status).toBe(200);
});

test('a second 401 is the answer', async () => {
  answer = status(401);
  expect((await tokens.fetchWithToken(api.url)).status).toBe(401);
  expect(got).toHaveLength(2);
});

test('many requests with 401 renew together', async () => {
  const old = await bearer();
  answer = refuse(old);
  const responses = await Promise.all(Array.from({ length: 10 }, () => tokens.fetchWithToken(api.url)));
  expect(responses.map((response) => response.status)).toEqual(Array(10).fill(200));
  expect(auth.requests).toHaveLength(2);
});

test('a resource server that refuses every token does not make the auth server work', async () => {
  answer = status(401);
  for (let request = 0; request < 20; request++) await tokens.fetchWithToken(api.url);
  expect(auth.requests).toHaveLength(2);
  time += 10;
  await tokens.fetchWithToken(api.url);
  expect(auth.requests).toHaveLength(3);
});

test('signed out: the request goes out without a token, and a 401 is passed on', async () => {
  auth.signIn(false);
  answer = status(401);
  expect((await tokens.fetchWithToken(api.url)).status).toBe(401);
  expect(got).toEqual([{ authorization: undefined, body: '' }]);
});

test('signed out between two requests: the 401 is passed on', async () => {
  await bearer();
  auth.signIn(false);
  answer = status(401);
  expect((await tokens.fetchWithToken(api.url)).status).toBe(401);
  expect(await tokens.getToken()).toBeNull();
});

test('when the token cannot be renewed the error says so', async () => {
  await bearer();
  auth.fail(status(503));
  answer = status(401);
  await expect(tokens.fetchWithToken(api.url)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
});

test('other answers are not retried', async () => {
  for (const code of [400, 403, 500, 503]) {
    answer = status(code);
    expect((await tokens.fetchWithToken(api.url)).status).toBe(code);
  }
  expect(got).toHaveLength(4);
});

test('an aborted request aborts', async () => {
  const signal = AbortSignal.abort(new Error('navigated away'));
  await expect(tokens.fetchWithToken(api.url, { signal })).rejects.toThrow('navigated away');
  expect(got).toEqual([]);
});
