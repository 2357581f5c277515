import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dynamodbAdapter } from '../../../../lambda/identity/index.ts';
import type { SessionOptions } from '../../../../lambda/policy/session/session-options.ts';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { awsConfig } from '../../../support/tables.ts';
import { rivalBetween } from './rival-between.ts';
import { authWithSessions } from './rivalry.ts';
import { isSignedIn, signIn, startWith } from './sessions.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** One place, for two who look for it at the same time. */
const sessions: SessionOptions = { maxPerUser: 1, whenFull: 'refuse' };
const client = () => new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });

test('a sign-in that a rival overtakes while it reads finds no room', async () => {
  const { browser: rival } = await startWith(stack, sessions);
  await signedIn(stack, rival, 'overtaken@example.com');
  await rival.post('/api/auth/sign-out');
  const dynamodb = client();
  rivalBetween(dynamodb, () => signIn(rival, 'overtaken@example.com'));
  const browser = await stack.start({ ...withCheapPasswords({}, { sessions }), clients: { dynamodb } });
  expect(await signIn(browser, 'overtaken@example.com')).toMatchObject({
    status: 403,
    json: { code: 'TOO_MANY_SESSIONS' },
  });
  expect([await isSignedIn(rival), await isSignedIn(browser)]).toEqual([true, false]);
});

test('the same outside of a request', async () => {
  const { browser } = await startWith(stack, sessions);
  const { json } = await signedIn(stack, browser, 'outside@example.com');
  await browser.post('/api/auth/sign-out');
  const dynamodb = client();
  const auth = authWithSessions(dynamodbAdapter({ client: dynamodb, tableName: 'identity' }), sessions);
  rivalBetween(dynamodb, () => signIn(browser, 'outside@example.com'));
  const { internalAdapter } = await auth.$context;
  await expect(internalAdapter.createSession(json.user.id)).rejects.toMatchObject({
    body: { code: 'TOO_MANY_SESSIONS' },
  });
  expect(await isSignedIn(browser)).toBe(true);
});
