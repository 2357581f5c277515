import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resetToken } from '../../support/accounts.ts';
import { type Answer, password, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';
import { countTrips } from '../../support/trips.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** The limiter's one write is on top, except on get-session, the key set, discovery and health, which it leaves out. */
const limiter = 1;

test('every flow stays within its requests to DynamoDB and KMS', async () => {
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  const kms = new KMSClient({ ...awsConfig(stack.awsEndpoint), maxAttempts: 1 });
  const counted = { dynamodb: countTrips(dynamodb), kms: countTrips(kms) };
  const browser = await stack.start({ clients: { dynamodb, kms } });
  const table: Record<string, { chain: number; total: number; kms: number }> = {};
  async function measure(flow: string, run: () => Promise<Answer>) {
    let signed = 0;
    const { chain, total } = await counted.dynamodb.during(async () => {
      signed = (await counted.kms.during(async () => expect((await run()).status).toBe(200))).total;
    });
    table[flow] = { chain, total, kms: signed };
  }

  const email = 'budget@example.com';
  await signedIn(stack, browser, email);
  const body = { name: 'B', email: 'budget-2@example.com', password };
  await measure('sign-up', () => browser.another().post('/api/auth/sign-up/email', body));
  await measure('sign-in', () => browser.post('/api/auth/sign-in/email', { email, password }));
  await measure('get-session', () => browser.get('/api/auth/get-session'));
  await measure('list sessions', () => browser.get('/api/auth/list-sessions'));
  await measure('token', () => browser.get('/api/auth/token'));
  await measure('sign-out', () => browser.post('/api/auth/sign-out'));
  await measure('key set', () => browser.get('/.well-known/jwks.json'));
  await measure('discovery', () => browser.get('/.well-known/openid-configuration'));
  await measure('health', () => browser.get('/health'));
  console.table(table);

  const chains = Object.fromEntries(Object.entries(table).map(([flow, { chain }]) => [flow, chain]));
  expect(chains['sign-up']).toBeLessThanOrEqual(3 + limiter);
  expect(chains['sign-in']).toBeLessThanOrEqual(4 + limiter);
  expect(chains['list sessions']).toBeLessThanOrEqual(2 + limiter);
  expect(chains['sign-out']).toBeLessThanOrEqual(4 + limiter);
  expect(chains).toMatchObject({ 'get-session': 1, token: 1 + limiter, 'key set': 0, discovery: 0, health: 0 });
  const signatures = Object.fromEntries(Object.entries(table).map(([flow, { kms: signed }]) => [flow, signed]));
  expect(signatures).toEqual({ ...Object.fromEntries(Object.keys(table).map((flow) => [flow, 0])), token: 1 });
});

test('telling the user of a change takes one request after it, two where the request does not know the user', async () => {
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  const counted = countTrips(dynamodb);
  const newPassword = `${password} 2`;
  async function measure(mail: boolean) {
    const browser = await stack.start({ clients: { dynamodb }, options: { accountNotices: { mail } } });
    const email = `told-${mail}@example.com`;
    await signedIn(stack, browser, email);
    const during = async (run: () => Promise<Answer>) =>
      counted.during(async () => expect((await run()).status).toBe(200));
    const body = { currentPassword: password, newPassword };
    const change = await during(() => browser.post('/api/auth/change-password', body));
    await browser.post('/api/auth/request-password-reset', { email });
    const token = await resetToken(stack);
    const reset = await during(() => browser.post('/api/auth/reset-password', { token, newPassword: password }));
    const signIn = await during(() => browser.post('/api/auth/sign-in/email', { email, password }));
    return { change, reset, signIn };
  }
  const [told, untold] = [await measure(true), await measure(false)];
  const table = Object.entries(told).map(([flow, { chain, total }]) => {
    const without = untold[flow as keyof typeof untold];
    return { flow, chain, total, without: without.chain, 'total without': without.total };
  });
  console.table(table);
  const extra = table.map(({ flow, chain, total, ...off }) => [
    flow,
    chain - off.without,
    total - off['total without'],
  ]);
  expect(extra).toEqual([
    ['change', 1, 1],
    ['reset', 2, 2],
    ['signIn', 0, 0],
  ]);
});
