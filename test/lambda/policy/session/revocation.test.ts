import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { administrator } from '../../../support/accounts.ts';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Answer, type Browser, password, type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { awsConfig } from '../../../support/tables.ts';
import { anotherDevice, getSession, isSignedIn } from './sessions.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** A container whose identity table fails while `broken` matches the command's name. */
async function failing() {
  const state = { broken: /^$/ };
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  dynamodb.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (state.broken.test(commandName) && JSON.stringify(args.input).includes('"identity"')) {
          throw Object.assign(new Error('injected'), { name: 'ProvisionedThroughputExceededException' });
        }
        return next(args);
      },
    { step: 'initialize', priority: 'low' },
  );
  return { state, browser: await stack.start({ ...withCheapPasswords(), clients: { dynamodb } }) };
}

interface Scene {
  readonly first: Browser;
  readonly victim: Browser;
  readonly token: string;
  readonly userId: string;
  readonly office: Browser;
}

let scenes = 0;
/** A user with two devices, and an administrator. `token` is that of the second device. */
async function scene(first: Browser): Promise<Scene> {
  const email = `scene-${++scenes}@example.com`;
  await signedIn(stack, first, email);
  const victim = await anotherDevice(first, email);
  const { session } = (await getSession(victim)).json;
  const office = first.another();
  await administrator(stack, office, `office-${scenes}@example.com`);
  return { first, victim, token: session.token, userId: session.userId, office };
}

type Revoke = (scene: Scene) => Promise<Answer>;

const ways: [string, Revoke][] = [
  ['revoke-session', ({ first, token }) => first.post('/api/auth/revoke-session', { token })],
  ['revoke-other-sessions', ({ first }) => first.post('/api/auth/revoke-other-sessions')],
  ['revoke-sessions', ({ first }) => first.post('/api/auth/revoke-sessions')],
  ['sign-out', ({ victim }) => victim.post('/api/auth/sign-out')],
  [
    'change-password',
    ({ first }) =>
      first.post('/api/auth/change-password', { currentPassword: password, newPassword: 'another good long password' }),
  ],
  [
    'admin/revoke-user-session',
    ({ office, token }) => office.post('/api/auth/admin/revoke-user-session', { sessionToken: token }),
  ],
  [
    'admin/revoke-user-sessions',
    ({ office, userId }) => office.post('/api/auth/admin/revoke-user-sessions', { userId }),
  ],
  ['admin/ban-user', ({ office, userId }) => office.post('/api/auth/admin/ban-user', { userId })],
];

const faults: [string, RegExp][] = [
  ['reads of single rows', /^(Batch)?GetItem/],
  ['reads of many rows', /^Query/],
  ['deletes', /^(DeleteItem|TransactWrite)/],
];

test.each(ways)('%s is immediate in every container, and 503 where it could not be stored', async (_name, revoke) => {
  const { browser, state } = await failing();
  const elsewhere = await stack.start(withCheapPasswords());
  let set = await scene(browser);
  for (const [name, broken] of faults) {
    state.broken = broken;
    const answer = await revoke(set);
    state.broken = /^$/;
    for (const [cookie, value] of set.victim.jar) elsewhere.jar.set(cookie, value);
    const revoked = !(await isSignedIn(elsewhere));
    // Nothing that fails is used on some ways: then it is done.
    if (name === 'deletes' || answer.status !== 200) {
      expect(answer).toMatchObject({ status: 503, json: { code: 'STORE_UNAVAILABLE' }, cookies: [] });
    } else expect(revoked).toBe(true);
    if (revoked) set = await scene(browser.another());
  }
  for (const [cookie, value] of set.victim.jar) elsewhere.jar.set(cookie, value);
  expect(await isSignedIn(elsewhere)).toBe(true);
  expect(await revoke(set)).toMatchObject({ status: 200 });
  expect(await isSignedIn(elsewhere)).toBe(false);
});

test('a user sees address, browser, creation and last use of each session', async () => {
  const { browser } = await failing();
  await signedIn(stack, browser, 'list@example.com');
  const other = browser.another();
  await other.post('/api/auth/sign-in/email', { email: 'list@example.com', password }, { 'User-Agent': 'Other/1' });
  const { json } = await browser.get('/api/auth/list-sessions');
  expect(json).toHaveLength(2);
  expect(json).toContainEqual(
    expect.objectContaining({
      ipAddress: other.sourceIp,
      userAgent: 'Other/1',
      createdAt: expect.stringMatching(/Z$/),
      lastSeenAt: expect.stringMatching(/Z$/),
    }),
  );
});
