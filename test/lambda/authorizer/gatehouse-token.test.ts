import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createAuthorizer } from '../../../lambda/authorizer/authorizer.ts';
import { createVerifier } from '../../../verify/index.ts';
import { type Browser, baseUrl, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { startServer } from '../../verify/key-server.ts';
import { apiGateway } from './api-gateway.ts';

let stack: Stack;
let browser: Browser;
let keys: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start();
  await signedIn(stack, browser, 'authorizer@example.com');
  keys = await startServer(async (request, response) => {
    const { status, raw } = await browser.another().get(request.url!);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(raw.body);
  });
});
afterAll(async () => {
  await keys.stop();
  await stack.stop();
});

const settings = { identityHeader: 'Authorization', requiredScopes: [], requiredClaims: {} };

test('a token that Gatehouse has minted passes, with its user; a session token does not', async () => {
  const verifier = createVerifier({
    issuer: baseUrl,
    audience: baseUrl,
    jwks: `${keys.url}/.well-known/jwks.json`,
  });
  const api = apiGateway(createAuthorizer({ ...settings, verifier, contextClaims: ['sub', 'email'] }));
  const { token } = (await browser.get('/api/auth/token')).json;
  const { session, user } = (await browser.get('/api/auth/get-session')).json;
  expect(await api.send({ headers: { Authorization: `Bearer ${token}` } })).toEqual({
    status: 200,
    authorizer: { principalId: user.id, sub: user.id, email: 'authorizer@example.com' },
  });
  expect(keys.requests).toEqual(['/.well-known/jwks.json']);
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  expect(await api.send({ headers: { Authorization: `Bearer ${session.token}` } })).toEqual({ status: 401 });
  expect(warn).toHaveBeenCalledTimes(1);
});
