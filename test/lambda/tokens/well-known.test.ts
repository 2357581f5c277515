import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { PublishedKey } from '../../../contract/signing.ts';
import { bundleFunction } from '../../../lib/bundle.ts';
import { startFunction } from '../../../local/function.ts';
import { functionEnvironment } from '../../../local/function-environment.ts';
import { proxyEvent } from '../../support/event.ts';
import { type Browser, baseUrl, type Stack, startStack } from '../../support/stack.ts';
import { publishedKey } from './keys.ts';

const jwks = '/.well-known/jwks.json';
const discovery = '/.well-known/openid-configuration';

let stack: Stack;
let keys: PublishedKey[];
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  keys = await Promise.all([
    publishedKey(stack.clients.kms, 'standby', 'ES256', 'next'),
    publishedKey(stack.clients.kms, 'now', 'ES256', 'active'),
    publishedKey(stack.clients.kms, 'before', 'EdDSA', 'retiring'),
  ]);
  browser = await withKeys(keys);
});
afterAll(() => stack.stop());

const withKeys = (listed: readonly PublishedKey[]) =>
  stack.start({ variables: { GATEHOUSE_SIGNING_KEYS: JSON.stringify(listed) } });

describe('the key set', () => {
  test('has the next, active and retiring keys, and of each only what RFC 7517 makes public', async () => {
    const { json } = await browser.get(jwks);
    const common = { kid: expect.stringMatching(/^[\w-]{43}$/), use: 'sig', x: expect.any(String) };
    const es256 = { ...common, kty: 'EC', crv: 'P-256', alg: 'ES256', y: expect.any(String) };
    expect(json).toStrictEqual({ keys: [es256, es256, { ...common, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' }] });
  });

  test('is the same in every container, and another after a step of the rotation', async () => {
    const tag = async (from: Browser) => (await from.get(jwks)).headers.get('etag');
    const own = await tag(browser);
    expect(await tag(await withKeys(keys))).toBe(own);
    expect(await tag(await withKeys(keys.slice(0, 2)))).not.toBe(own);
    // Who signs is nobody's business but the signer's.
    const swapped = keys.map((key) => ({ ...key, state: key.id === 'standby' ? 'active' : 'retiring' }) as const);
    expect(await tag(await withKeys(swapped))).toBe(own);
  });
});

test('discovery names the issuer as tokens do, and where the keys are', async () => {
  const { json } = await browser.get(discovery);
  expect(json).toStrictEqual({
    issuer: baseUrl,
    jwks_uri: `${baseUrl}${jwks}`,
    response_types_supported: ['none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256', 'EdDSA'],
  });
});

describe.each([jwks, discovery])('%s', (path) => {
  test('may be kept for five minutes and five more while it is fetched anew, by anyone, and read by any origin', async () => {
    const { status, headers } = await browser.get(path, { Origin: 'https://anyone.example' });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=300');
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('etag')).toMatch(/^"[\w-]{22}"$/);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.has('access-control-allow-credentials')).toBe(false);
    expect(headers.has('set-cookie')).toBe(false);
  });

  test('is not sent again to those who have it', async () => {
    const etag = (await browser.get(path)).headers.get('etag')!;
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { status, raw, headers } = await browser.get(path, { 'If-None-Match': tags });
      expect([tags, status, raw.body, headers.get('etag')]).toEqual([tags, 304, '', etag]);
      expect(headers.get('cache-control')).toContain('max-age=300');
    }
    for (const tags of ['"other"', '', etag.slice(1, -1)]) {
      expect(await browser.get(path, { 'If-None-Match': tags })).toMatchObject({ status: 200 });
    }
  });

  test('HEAD is GET without the body; OPTIONS is a preflight; nothing else is allowed', async () => {
    const get = await browser.get(path);
    const head = await browser.send({ method: 'HEAD', path });
    expect(head).toMatchObject({ status: 200, raw: { body: '' } });
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    const preflight = await browser.send({ method: 'OPTIONS', path, headers: { Origin: 'https://anyone.example' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    const post = await browser.post(path);
    expect(post).toMatchObject({ status: 405, json: { code: 'METHOD_NOT_ALLOWED' } });
    expect(post.headers.get('allow')).toBe('GET, HEAD');
  });
});

test('a container that starts while KMS is down serves them all the same, as deployed', async () => {
  const nobody = 'http://127.0.0.1:9';
  const endpoints = { aws: stack.awsEndpoint, dynamodb: stack.dynamodbEndpoint };
  const own = await startFunction({
    name: 'auth',
    bundle: (folder) => bundleFunction('auth', folder),
    environment: { ...functionEnvironment('auth', endpoints), ...stack.variables, AWS_ENDPOINT_URL_KMS: nobody },
    onLine: () => {},
  });
  try {
    for (const path of [jwks, discovery]) {
      const answer = (await own.invoke(proxyEvent({ path }))) as APIGatewayProxyResult;
      expect([path, answer.statusCode]).toEqual([path, 200]);
    }
    const answer = (await own.invoke(proxyEvent({ path: jwks }))) as APIGatewayProxyResult;
    expect(JSON.parse(answer.body)).toMatchObject({ keys: [{ alg: 'ES256' }] });
  } finally {
    await own.stop();
  }
});
