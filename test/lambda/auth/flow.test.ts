import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { type Answer, baseUrl, password, pathOf, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

describe('the way of a user', () => {
  test('sign up, verify, sign in, session, token, sign out', async () => {
    const browser = await stack.start();
    const email = 'ada@example.com';

    const signUp = await browser.post('/api/auth/sign-up/email', { name: 'Ada', email, password });
    expect(signUp).toMatchObject({
      status: 200,
      json: { token: null, user: { email, emailVerified: false } },
      cookies: [],
    });

    const early = await browser.post('/api/auth/sign-in/email', { email, password });
    const unknown = await browser.post('/api/auth/sign-in/email', { email: 'nobody@example.com', password });
    expect(early).toMatchObject({ status: 401, json: { code: 'INVALID_EMAIL_OR_PASSWORD' }, cookies: [] });
    expect({ ...early.json, requestId: '' }).toEqual({ ...unknown.json, requestId: '' });
    expect([...early.headers.keys()]).toEqual([...unknown.headers.keys()]);

    const [mail] = await stack.mails();
    expect(mail).toMatchObject({ kind: 'verify-email', to: email });
    expect(mail?.url).toMatch(`${baseUrl}/api/auth/verify-email?token=`);
    expect(await browser.get(pathOf(mail?.url))).toMatchObject({ status: 302 });

    const wrong = await browser.post('/api/auth/sign-in/email', { email, password: 'wrong password entirely' });
    expect(wrong).toMatchObject({ status: 401, json: { code: 'INVALID_EMAIL_OR_PASSWORD' }, cookies: [] });

    const signIn = await browser.post('/api/auth/sign-in/email', { email, password });
    expect(signIn).toMatchObject({ status: 200, json: { user: { email, emailVerified: true } } });

    const session = await browser.get('/api/auth/get-session');
    expect(session).toMatchObject({ status: 200, json: { user: { email }, session: { ipAddress: browser.sourceIp } } });

    const { json } = await browser.get('/api/auth/token');
    const keys = await browser.get('/.well-known/jwks.json');
    const verified = await jwtVerify(json.token, createLocalJWKSet(keys.json), { issuer: baseUrl, audience: baseUrl });
    expect(verified.payload).toEqual({
      sub: session.json.user.id,
      email,
      role: 'user',
      iss: baseUrl,
      aud: baseUrl,
      iat: expect.any(Number),
      exp: verified.payload.iat! + 900,
      jti: expect.any(String),
    });

    const cookies = new Map(browser.jar);
    expect(await browser.post('/api/auth/sign-out')).toMatchObject({ status: 200, json: { success: true } });
    for (const [name, value] of cookies) browser.jar.set(name, value);
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ status: 200, json: null });
    expect(await browser.get('/api/auth/token')).toMatchObject({ status: 401 });
  });

  test('a second sign-up for an address answers as the first did, and tells its owner', async () => {
    const browser = await stack.start();
    const body = { name: 'Grace', email: 'grace@example.com', password };
    const first = await browser.post('/api/auth/sign-up/email', body);
    const second = await browser.another().post('/api/auth/sign-up/email', body);
    expect(second.status).toBe(first.status);
    // But for id and times the bodies are the same to the byte: names, order, values and lengths.
    const same = ({ raw }: Answer) => raw.body.replace(/"id":"\w{32}"|"\d{4}-\d\d-\d\dT[\d:.]{12}Z"/g, '…');
    expect(same(second)).toBe(same(first));
    expect([...second.headers.keys()]).toEqual([...first.headers.keys()]);
    expect(second.json.user.id).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(first.json.user.id).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(second.json.user.id).not.toBe(first.json.user.id);
    expect(await stack.mails()).toMatchObject([{ kind: 'verify-email' }, { kind: 'existing-account', to: body.email }]);
  });

  test('of parallel sign-ups with one address one wins, and none of them can tell', async () => {
    const browser = await stack.start();
    const body = { name: 'Eve', email: 'eve@example.com', password };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => browser.another().post('/api/auth/sign-up/email', body)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const kinds = (await stack.mails()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'verify-email')).toHaveLength(1);
  });

  test('a reset by mail replaces the password and ends every session', async () => {
    const browser = await stack.start();
    const email = 'joan@example.com';
    await signedIn(stack, browser, email);
    const stranger = browser.another();
    const redirectTo = `${baseUrl}/reset`;
    const known = await stranger.post('/api/auth/request-password-reset', { email, redirectTo });
    const unknown = await stranger.post('/api/auth/request-password-reset', {
      email: 'nobody@example.com',
      redirectTo,
    });
    expect(known).toMatchObject({ status: 200, json: unknown.json });
    const [mail, ...others] = await stack.mails();
    expect(others).toEqual([]);
    const token = /reset-password\/([^?]+)/.exec(mail?.url ?? '')?.[1];
    const newPassword = 'another good long password';
    const reset = { token, newPassword };
    expect(await stranger.post('/api/auth/reset-password', reset)).toMatchObject({ status: 200 });
    expect(await stranger.post('/api/auth/reset-password', reset)).toMatchObject({
      status: 400,
      json: { code: 'INVALID_TOKEN' },
    });
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ status: 200, json: null });
    expect(await stranger.post('/api/auth/sign-in/email', { email, password })).toMatchObject({ status: 401 });
    const again = await stranger.post('/api/auth/sign-in/email', { email, password: newPassword });
    expect(again).toMatchObject({ status: 200 });
  });

  test('two containers see the same sessions', async () => {
    const one = await stack.start();
    const two = await stack.start();
    await signedIn(stack, one, 'mary@example.com');
    for (const [name, value] of one.jar) two.jar.set(name, value);
    expect(await two.get('/api/auth/get-session')).toMatchObject({ json: { user: { email: 'mary@example.com' } } });
    await two.post('/api/auth/sign-out');
    expect(await one.get('/api/auth/get-session')).toMatchObject({ json: null });
  });

  test('an admin’s claims come from the stored user, and a token carries nothing else of it', async () => {
    const browser = await stack.start();
    await signedIn(stack, browser, 'claims@example.com');
    const { json } = await browser.get('/api/auth/token');
    expect(Object.keys(decodeJwt(json.token)).sort()).toEqual([
      'aud',
      'email',
      'exp',
      'iat',
      'iss',
      'jti',
      'role',
      'sub',
    ]);
  });
});

describe('public documents', () => {
  test('the key set holds public keys only, may be cached, and answers 304', async () => {
    const browser = await stack.start();
    const keys = await browser.get('/.well-known/jwks.json');
    expect(keys.json.keys).toHaveLength(1);
    expect(keys.json.keys[0]).not.toHaveProperty('d');
    expect(keys.headers.get('cache-control')).toMatch(/^public, max-age=\d+/);
    const again = await browser.get('/.well-known/jwks.json', { 'If-None-Match': keys.headers.get('etag')! });
    expect(again).toMatchObject({ status: 304, raw: { body: '' } });
  });

  test('discovery names the issuer to the letter', async () => {
    const { json } = await (await stack.start()).get('/.well-known/openid-configuration');
    expect(json).toMatchObject({
      issuer: baseUrl,
      jwks_uri: `${baseUrl}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ['ES256'],
    });
  });

  test('health', async () => {
    expect(await (await stack.start()).get('/health')).toMatchObject({ status: 200, json: { status: 'ok' } });
  });
});
