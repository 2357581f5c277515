import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import {
  keyResources,
  type PublishedKey,
  type SigningAlgorithm,
  type SigningKeyState,
} from '../../../contract/signing.ts';
import { edgeAnswers } from '../../../lambda/key-publisher/edge-answers.ts';
import { edgeAnswersCode } from '../../../lib/edge-answers-code.ts';
import { signingKeyProblems } from '../../../lib/signing-key-config.ts';
import { baseUrl, type Stack, startStack } from '../../support/stack.ts';
import { publishedKey } from '../tokens/keys.ts';

const jwksUri = 'https://keys.example.com/.well-known/jwks.json';
let stack: Stack;
let keys: PublishedKey[];
beforeAll(async () => {
  stack = await startStack();
  keys = [
    await publishedKey(stack.clients.kms, 'now', 'ES256', 'active'),
    await publishedKey(stack.clients.kms, 'standby', 'ES256', 'next'),
    await publishedKey(stack.clients.kms, 'before', 'RS256', 'retiring'),
  ];
});
afterAll(() => stack.stop());

const event = (published: readonly PublishedKey[], more: object = {}) =>
  ({
    RequestType: 'Create',
    ServiceToken: 'arn',
    ResponseURL: 'http://localhost',
    StackId: 'stack',
    RequestId: 'request',
    ResourceType: keyResources.edgeAnswers,
    LogicalResourceId: 'EdgeAnswers',
    ResourceProperties: {
      ServiceToken: 'arn',
      PublishedKeys: JSON.stringify(published),
      Issuer: baseUrl,
      JwksUri: jwksUri,
    },
    ...more,
  }) as CloudFormationCustomResourceEvent;

/** As CloudFront has it: header names in lower case, each with a value. */
interface EdgeResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, { readonly value: string }>>;
  readonly body: { readonly encoding: string; readonly data: string };
}

/** The function as it is deployed for these keys. */
async function edge(published: readonly PublishedKey[]) {
  const { Data } = await edgeAnswers(event(published));
  const handler = runInNewContext(`${edgeAnswersCode(Data.EdgeAnswers!)}; handler`) as (event: object) => EdgeResponse;
  return (uri: string, method = 'GET') =>
    handler({ request: { method, uri, querystring: {}, headers: {}, cookies: {} } });
}

test.each(['/.well-known/jwks.json', '/.well-known/openid-configuration'])(
  '%s is answered at the edge as by the auth function',
  async (path) => {
    const browser = await stack.start({
      variables: { GATEHOUSE_SIGNING_KEYS: JSON.stringify(keys), GATEHOUSE_JWKS_URI: jwksUri },
    });
    const ours = await browser.get(path);
    const answered = (await edge(keys))(path);
    expect(answered).toMatchObject({ statusCode: 200, body: { encoding: 'text', data: ours.raw.body } });
    const { 'x-request-id': _, ...headers } = Object.fromEntries(ours.headers);
    expect(Object.fromEntries(Object.entries(answered.headers).map(([name, { value }]) => [name, value]))).toEqual(
      headers,
    );
    expect(JSON.stringify(ours.json)).toContain(path.endsWith('jwks.json') ? '"kid"' : `"jwks_uri":"${jwksUri}"`);
  },
);

test('HEAD has the same headers and no body; there is nothing else, and that is not kept', async () => {
  const answer = await edge(keys);
  const [get, head] = ['GET', 'HEAD'].map((method) => answer('/.well-known/jwks.json', method));
  expect(head).toEqual({ ...get, body: { encoding: 'text', data: '' } });
  for (const path of ['/', '/health', '/constructor', '/__proto__', '/.well-known/jwks.json/', '/api/auth/token']) {
    const { statusCode, headers, body } = answer(path);
    expect([path, statusCode, JSON.parse(body.data).code]).toEqual([path, 404, 'NOT_FOUND']);
    expect(headers['cache-control']).toEqual({ value: 'no-store' });
    expect(headers['strict-transport-security']).toBeDefined();
  }
});

test('neither states nor ARNs are at the edge', async () => {
  const { Data } = await edgeAnswers(event(keys));
  expect(Data.EdgeAnswers).not.toMatch(/arn:|active|standby|retiring/);
});

test('its id stays, so that no update deletes anything; deletion needs nothing', async () => {
  expect(await edgeAnswers(event(keys))).toMatchObject({ PhysicalResourceId: 'EdgeAnswers' });
  const update = event(keys, { RequestType: 'Update', PhysicalResourceId: 'x' });
  expect(await edgeAnswers(update)).toMatchObject({ PhysicalResourceId: 'x' });
  const deletion = event([], { RequestType: 'Delete', PhysicalResourceId: 'x', ResourceProperties: {} });
  expect(await edgeAnswers(deletion)).toEqual({ PhysicalResourceId: 'x', Data: {} });
});

test.each<[SigningAlgorithm, number]>([
  ['ES256', 7],
  ['EdDSA', 9],
  ['RS256', 4],
])('the longest list of %s keys fits into CloudFormation’s 4 KB and CloudFront’s 10 KB', async (algorithm, count) => {
  const list = Array.from({ length: count + 1 }, (_, index) => {
    return { id: `${index}`.padEnd(32, 'k'), algorithm, state: (index ? 'next' : 'active') as SigningKeyState };
  });
  expect(signingKeyProblems(list)).toHaveLength(1);
  const longest = list.slice(0, count);
  expect(signingKeyProblems(longest)).toEqual([]);
  const published = await Promise.all(
    longest.map(({ id, state }) => publishedKey(stack.clients.kms, id, algorithm, state)),
  );
  const answer = await edgeAnswers(
    event(published, {
      ResourceProperties: {
        PublishedKeys: JSON.stringify(published),
        Issuer: `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example.com`,
        JwksUri: `https://${'c'.repeat(60)}.${'d'.repeat(60)}.example.com/.well-known/jwks.json`,
      },
    }),
  );
  const body = JSON.stringify({
    Status: 'SUCCESS',
    StackId: 'x'.repeat(240),
    RequestId: 'x'.repeat(36),
    LogicalResourceId: 'x'.repeat(120),
    ...answer,
    PhysicalResourceId: 'x'.repeat(120),
  });
  expect(body.length).toBeLessThanOrEqual(4096);
  expect(edgeAnswersCode(answer.Data.EdgeAnswers!).length).toBeLessThanOrEqual(10_240);
});
