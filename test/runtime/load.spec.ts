import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { environment } from '../../contract/environment.ts';
import { authOptionsSpecifier, functionBuildOptions } from '../../lib/bundle.ts';
import { auditEvents } from '../support/capture-logs.ts';
import { type Browser, baseUrl, signedIn } from '../support/stack.ts';
import type { Container } from './container.ts';
import { type RuntimeStack, startRuntimeStack } from './runtime-stack.ts';

let stack: RuntimeStack;
beforeAll(async () => {
  stack = await startRuntimeStack();
});
afterAll(() => stack.stop());

describe('the auth function in the Lambda runtime', () => {
  let container: Container;
  let browser: Browser;
  beforeAll(async () => {
    container = await stack.container();
    browser = stack.browser(container);
  });

  test('loads within the ten seconds that Lambda gives an init, and reports how long it took', () => {
    console.log(`init of the auth function: ${container.initDuration.toFixed(0)} ms, process start included`);
    expect(container.initDuration).toBeLessThan(10_000);
  });

  test('signs up, verifies by mail, signs in, knows the session, and signs out', async () => {
    expect((await signedIn(stack, browser, 'runtime@example.com')).status).toBe(200);
    const session = await browser.get('/api/auth/get-session');
    expect(session.json.user).toMatchObject({ email: 'runtime@example.com', emailVerified: true });
    expect((await browser.post('/api/auth/sign-out')).status).toBe(200);
    expect((await browser.get('/api/auth/get-session')).json).toBeNull();
  });

  test('issues tokens that its JWKS verifies', async () => {
    await signedIn(stack, browser, 'token@example.com');
    const { token } = (await browser.get('/api/auth/token')).json as { token: string };
    const keys = (await browser.get('/.well-known/jwks.json')).json as JSONWebKeySet;
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { issuer: baseUrl, audience: baseUrl });
    expect(payload.email).toBe('token@example.com');
  });

  test('writes nothing but JSON lines, among them an audit event for each outcome', () => {
    expect(container.lines.filter((line) => !isJson(line))).toEqual([]);
    const events = auditEvents(container.lines.join('\n')).map(({ event }) => event);
    expect(events).toEqual(
      expect.arrayContaining(['sign_up', 'email_verified', 'sign_in', 'sign_out', 'token_issued']),
    );
  });
});

describe('an init that fails is reported to Lambda as an init error', () => {
  test('a bundle that imports what is not there', async () => {
    const folder = stack.written("import './missing.mjs'; export const handler = async () => ({});");
    await expect(stack.container('auth', { folder })).rejects.toMatchObject({
      code: 'INIT_FAILED',
      message: expect.stringContaining('missing.mjs'),
    });
  });

  test('a bundle without a handler', async () => {
    await expect(stack.container('auth', { folder: stack.written('export {};') })).rejects.toMatchObject({
      code: 'INIT_FAILED',
      errorType: 'Runtime.HandlerNotFound',
    });
  });

  test('a bundle without the settings that its CommonJS dependencies need', async () => {
    const folder = stack.written('');
    const { banner: _banner, mainFields: _mainFields, ...rest } = functionBuildOptions;
    buildSync({
      ...rest,
      entryPoints: { index: 'lambda/auth/handler.ts' },
      outdir: folder,
      alias: { [authOptionsSpecifier]: join(process.cwd(), 'lambda/auth/options.ts') },
      allowOverwrite: true,
    });
    await expect(stack.container('auth', { folder })).rejects.toMatchObject({
      code: 'INIT_FAILED',
      message: expect.stringContaining('Dynamic require of'),
    });
  });

  test('a wrong setting, which it names', async () => {
    const variables = { [environment.baseUrl]: 'http://auth.example.com' };
    await expect(stack.container('auth', { variables })).rejects.toMatchObject({
      code: 'INIT_FAILED',
      errorType: 'ConfigurationError',
      message: expect.stringContaining("baseUrl 'http://auth.example.com' must use https"),
    });
  });
});

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
