import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Arguments } from '../../scripts/admin/arguments.ts';
import type { UserInput } from '../../scripts/admin/commands/command.ts';
import { revoke } from '../../scripts/admin/commands/end-sessions.ts';
import { eraseUser } from '../../scripts/admin/commands/erase-user.ts';
import { disable } from '../../scripts/admin/commands/set-disabled.ts';
import { type IdentityStore, openStore } from '../../scripts/admin/identity-store.ts';
import type { Target } from '../../scripts/admin/target.ts';
import { findUser } from '../../scripts/admin/user.ts';
import { withCheapPasswords } from '../support/cheap-passwords.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../support/stack.ts';
import { awsConfig } from '../support/tables.ts';

let stack: Stack;
let store: IdentityStore;
let browser: Browser;
/** Where sessions have no cap. */
let uncapped: Browser;
const target = { identityTable: 'identity' } as Target;

/** What runs as a sign-in is about to store its session, once. */
let between: (() => Promise<unknown>) | undefined;

beforeAll(async () => {
  stack = await startStack();
  store = await openStore({ ...target, dynamodb: awsConfig(stack.dynamodbEndpoint) }, {}, () => new Date());
  const { dynamodb } = stack.clients;
  const send = dynamodb.send.bind(dynamodb) as (command: object) => Promise<unknown>;
  const intercepted = Object.assign(Object.create(dynamodb) as typeof dynamodb, {
    send: async (command: object) => {
      const first = command instanceof TransactWriteItemsCommand ? between : undefined;
      if (first) between = undefined;
      await first?.();
      return send(command);
    },
  });
  browser = await stack.start({ ...withCheapPasswords(), clients: { dynamodb: intercepted } });
  const sessions = { maxPerUser: false } as const;
  uncapped = await stack.start({ ...withCheapPasswords({}, { sessions }), clients: { dynamodb: intercepted } });
});
afterAll(async () => {
  store.close();
  await stack.stop();
});

const input = async (email: string): Promise<UserInput> => ({
  store,
  target,
  given: { subject: email } as Arguments,
  user: await findUser(store, email),
  now: () => new Date(),
  progress: () => {},
});

const sessionsOf = async (userId: string) =>
  store.adapter.findMany<{ id: string }>({ model: 'session', where: [{ field: 'userId', value: userId }] });

/** A sign-in whose password was right before, and whose session is to be stored after. */
async function overtakenBy(email: string, act: (input: UserInput) => Promise<unknown>, at = browser) {
  await signedIn(stack, at.another(), email);
  const given = await input(email);
  between = () => act(given);
  const answer = await at.another().post('/api/auth/sign-in/email', { email, password });
  expect(between).toBeUndefined();
  return { answer, sessions: await sessionsOf(given.user.id) };
}

test.each([
  ['with a cap', () => browser],
  ['without one', () => uncapped],
])('a sign-in that is overtaken by disable gets no session, %s', async (cap, at) => {
  const { answer, sessions } = await overtakenBy(`disabled-${cap.length}@example.com`, disable, at());
  expect(answer).toMatchObject({ status: 403, json: { code: 'BANNED_USER' } });
  expect(answer.cookies.filter((line) => /session_token=[^;]/.test(line))).toEqual([]);
  expect(sessions).toEqual([]);
});

test('a sign-in that is overtaken by erase gets no session, and leaves nothing', async () => {
  const { answer, sessions } = await overtakenBy('erased@example.com', eraseUser);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(sessions).toEqual([]);
});

test('a sign-in that is overtaken by revoke comes after it: its session is the only one', async () => {
  const { answer, sessions } = await overtakenBy('revoked@example.com', revoke);
  expect([answer.status, sessions.length]).toEqual([200, 1]);
});
