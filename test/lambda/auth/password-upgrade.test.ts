import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashPassword as betterAuthHash } from 'better-auth/crypto';
import { scryptHasher } from '../../../lambda/policy/passwords/scrypt-hasher.ts';
import { resetToken, storedHash, storeHash } from '../../support/accounts.ts';
import { cheapCost, withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';
import { countTrips } from '../../support/trips.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const signIn = (browser: Browser, email: string, secret = password) =>
  browser.another().post('/api/auth/sign-in/email', { email, password: secret });

/** Someone whose hash was stored by an earlier system. */
async function someone(browser: Browser, email: string, hash: string): Promise<string> {
  const { json } = await signedIn(stack, browser, email);
  await storeHash(stack, json.user.id, hash);
  return json.user.id;
}

test.each([
  ['Better Auth’s own', () => betterAuthHash(password)],
  ['a lower cost', () => scryptHasher({ N: 8, r: 8, p: 1 }).hash(password)],
])('a hash of %s is replaced by the sign-in that proves it, and by no other', async (_, old) => {
  const browser = await stack.start(withCheapPasswords({ cost: { N: 2 ** 15, r: 8, p: 3 } }));
  const email = `upgrade-${_.length}@example.com`;
  const hash = await old();
  const userId = await someone(browser, email, hash);
  expect(await signIn(browser, email, 'a wrong password')).toMatchObject({ status: 401 });
  expect(await storedHash(stack, userId)).toBe(hash);
  expect(await signIn(browser, email)).toMatchObject({ status: 200 });
  const upgraded = await storedHash(stack, userId);
  expect(upgraded).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  expect(await signIn(browser, email)).toMatchObject({ status: 200 });
  expect(await storedHash(stack, userId)).toBe(upgraded);
});

test('an upgrade costs what it declares: a read and a write beside the session; a fresh hash costs nothing', async () => {
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  const trips = countTrips(dynamodb);
  const browser = await stack.start({ ...withCheapPasswords(), clients: { dynamodb } });
  const email = 'trips@example.com';
  await someone(browser, email, await scryptHasher({ N: 2, r: 1, p: 1 }).hash(password));
  const upgrading = await trips.during(() => signIn(browser, email));
  const fresh = await trips.during(() => signIn(browser, email));
  expect(upgrading.total - fresh.total).toBe(2);
});

test('an upgrade that cannot be stored is lost, and the sign-in stands', async () => {
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  let broken = 0;
  dynamodb.middlewareStack.add(
    (next) => async (args) => {
      if (!JSON.stringify(args.input).includes('$scrypt$ln=4,')) return next(args);
      broken++;
      throw Object.assign(new Error('injected'), { name: 'ProvisionedThroughputExceededException' });
    },
    { step: 'initialize' },
  );
  const browser = await stack.start(withCheapPasswords());
  const email = 'lost@example.com';
  const hash = await scryptHasher({ N: 2, r: 1, p: 1 }).hash(password);
  const userId = await someone(browser, email, hash);
  const faulty = await stack.start({ ...withCheapPasswords(), clients: { dynamodb } });
  expect(await signIn(faulty, email)).toMatchObject({ status: 200, json: { user: { email } } });
  expect(broken).toBeGreaterThan(0);
  expect(await storedHash(stack, userId)).toBe(hash);
});

test('a password that is changed while the upgrade is on its way stays changed', async () => {
  const browser = await stack.start(withCheapPasswords());
  const email = 'race@example.com';
  const userId = await someone(browser, email, await scryptHasher({ N: 2, r: 1, p: 1 }).hash(password));

  // A container whose hashes are held back between their computation and their write.
  const scrypt = scryptHasher(cheapCost);
  let hashing = () => {};
  const asked = new Promise<void>((resolve) => {
    hashing = resolve;
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hash = async (secret: string) => {
    const hashed = await scrypt.hash(secret);
    hashing();
    await released;
    return hashed;
  };
  const slow = await stack.start({ options: { passwords: { hasher: { ...scrypt, hash } } } });
  const signingIn = signIn(slow, email);
  await asked;
  await browser.post('/api/auth/request-password-reset', { email });
  const newPassword = 'another correct battery';
  const reset = { token: await resetToken(stack), newPassword };
  expect(await browser.post('/api/auth/reset-password', reset)).toMatchObject({ status: 200 });
  const chosen = await storedHash(stack, userId);
  release();
  await signingIn;
  expect(await storedHash(stack, userId)).toBe(chosen);
  expect(await signIn(browser, email)).toMatchObject({ status: 401 });
  expect(await signIn(browser, email, newPassword)).toMatchObject({ status: 200 });
});

test('a deployment’s own hasher is used for all, and decides itself what to replace', async () => {
  const hasher = {
    hash: async (secret: string) => `v2:${Buffer.from(secret).toString('hex')}`,
    verify: async ({ password: secret, hash }: { password: string; hash: string }) =>
      Buffer.from(hash.slice(3), 'hex').toString() === secret,
    needsRehash: (hash: string) => hash.startsWith('v1:'),
  };
  const browser = await stack.start({ options: { passwords: { hasher } } });
  const email = 'own@example.com';
  const { json } = await signedIn(stack, browser, email);
  const hash = await storedHash(stack, json.user.id);
  expect(hash).toMatch(/^v2:/);
  await storeHash(stack, json.user.id, hash.replace('v2', 'v1'));
  expect(await signIn(browser, email, 'a wrong password')).toMatchObject({ status: 401 });
  expect(await signIn(browser, email)).toMatchObject({ status: 200 });
  expect(await storedHash(stack, json.user.id)).toBe(hash);
});
