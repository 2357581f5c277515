import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTokenManager } from '../../client/index.ts';
import { type LocalGateway, startGateway } from '../../local/gateway.ts';
import { createVerifier, type VerifierEvent, withVerifiedToken } from '../../verify/index.ts';
import { type Browser, password, type Stack, startStack } from '../support/stack.ts';

/** A resource server beside the real auth function, over HTTP, with nothing configured but issuer and audience. */
const orders = 'urn:orders';
const email = 'ada@example.com';
let stack: Stack;
let gateway: LocalGateway;
let issuer: string;
let cookie = '';

const send = (path: string, body?: object) =>
  fetch(issuer + path, {
    redirect: 'manual',
    headers: { cookie, origin: issuer, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });

/** As a browser sends it: with the session's cookie. */
const fetchWithCookie: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('cookie', cookie);
  return fetch(input, { ...init, headers });
};

beforeAll(async () => {
  stack = await startStack();
  let browser: Browser | undefined;
  gateway = await startGateway({
    port: 0,
    stage: 'dev',
    onError: console.error,
    invoke: (event) => browser!.application(event),
    pages: {},
  });
  issuer = `http://localhost:${gateway.port}`;
  browser = await stack.start({
    variables: {
      GATEHOUSE_BASE_URL: issuer,
      GATEHOUSE_STAGE: 'dev',
      GATEHOUSE_AUDIENCE_ALGORITHMS: JSON.stringify({ [orders]: 'ES256' }),
    },
  });
  await send('/api/auth/sign-up/email', { name: 'Ada', email, password });
  const [mail] = await stack.mails();
  await send(mail!.url!.slice(issuer.length));
  const answer = await send('/api/auth/sign-in/email', { email, password });
  cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
});
afterAll(async () => {
  await gateway?.stop();
  await stack?.stop();
});

test('a token goes from the auth function through the client to a resource server, and no other one does', async () => {
  const events: VerifierEvent[] = [];
  const verifier = createVerifier({ issuer, audience: orders, onEvent: (event) => events.push(event) });
  const handle = withVerifiedToken(verifier, (_, { sub, email }) => Response.json({ sub, email }));
  const send = (token: string | null) =>
    handle(new Request('https://api.example.com/', { headers: { authorization: `Bearer ${token}` } }));
  const manager = (audience?: string) =>
    createTokenManager({ baseURL: issuer, fetch: fetchWithCookie, ...(audience && { audience }) });

  const tokens = manager(orders);
  const answer = await send(await tokens.getToken());
  expect([answer.status, await answer.json()]).toEqual([200, { sub: expect.any(String), email }]);

  const elsewhere = manager();
  expect((await send(await elsewhere.getToken())).status).toBe(401);
  const session = /session_token=([^;]+)/.exec(cookie)![1]!;
  expect((await send(decodeURIComponent(session))).status).toBe(401);
  expect((await send(decodeURIComponent(session).split('.')[0]!)).status).toBe(401);
  expect(events.map((event) => ('code' in event ? event.code : event.type))).toEqual([
    'verified',
    'AUDIENCE_MISMATCH',
    'TOKEN_MALFORMED',
    'TOKEN_MALFORMED',
  ]);

  await expect(manager('urn:stranger').getToken()).rejects.toMatchObject({ code: 'AUDIENCE_NOT_ALLOWED' });
  cookie = '';
  tokens.clear();
  expect(await tokens.getToken()).toBeNull();
  elsewhere.close();
  tokens.close();
});
