import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { scryptHasher } from '../../../lambda/policy/passwords/scrypt-hasher.ts';
import { addMember } from '../../support/accounts.ts';
import { cheapCost, withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Answer, type Browser, frozenClock, password, type Stack, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';
import { compareTimes } from '../../support/timing.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** Milliseconds to each service and back: what a step more or less is worth. */
const latency = 20;
const pairs = 20;
/** Takes longer than the look-ups that it hides, as the default does. */
const cost = { N: 2 ** 12, r: 8, p: 8 };

/** A container whose services are some way off, and what it asked of them. */
async function start(plugins: BetterAuthPlugin[] = []) {
  const commands: string[] = [];
  const clients = {
    dynamodb: new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 }),
    sqs: new SQSClient({ ...awsConfig(stack.awsEndpoint), maxAttempts: 1 }),
  };
  // Their middleware stacks differ in the types of input and output only, which are not looked at.
  for (const client of Object.values(clients) as DynamoDBClient[]) {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          commands.push(commandName);
          await wait(latency);
          return next(args);
        },
      { step: 'initialize' },
    );
  }
  const browser = await stack.start({ ...withCheapPasswords({ cost }, { plugins }), clients, now: frozenClock() });
  return { browser, commands };
}

test('a sign-up is refused, or its hash begun, before the address is looked up', async () => {
  const steps: string[] = [];
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  dynamodb.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        if (JSON.stringify(args.input).includes('"identity"')) steps.push(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  const scrypt = scryptHasher(cheapCost);
  const hash = (secret: string) => {
    steps.push('hash');
    return scrypt.hash(secret);
  };
  const browser = await stack.start({ clients: { dynamodb }, options: { passwords: { hasher: { ...scrypt, hash } } } });
  const signUpWith = async (secret: string) => {
    steps.length = 0;
    await browser
      .another()
      .post('/api/auth/sign-up/email', { name: 'Ada', email: 'first@example.com', password: secret });
    return steps.filter((step) => step === 'hash' || step === 'GetItemCommand');
  };
  expect(await signUpWith('password1234')).toEqual([]);
  expect(await signUpWith(password)).toEqual(['hash', 'GetItemCommand']);
  expect(await signUpWith(password)).toEqual(['hash', 'GetItemCommand', 'GetItemCommand']);
});

/** What an attacker would hope for: reads more for an address that is known, as many as stand out on a slow machine too. */
const leak: BetterAuthPlugin = {
  id: 'leak',
  hooks: {
    after: [
      {
        matcher: ({ body }) => /^known/.test(body?.email ?? ''),
        handler: createAuthMiddleware(async ({ context }) => {
          for (let id = 0; id < 10; id++) await context.internalAdapter.findUserById(`${id}`);
        }),
      },
    ],
  },
};

const askForReset = (browser: Browser, email: string) =>
  browser.another().post('/api/auth/request-password-reset', { email });
const signUp = (browser: Browser, email: string) =>
  browser.another().post('/api/auth/sign-up/email', { name: 'Ada', email, password });

describe.each([
  ['a request to reset a password', 'reset', askForReset],
  ['a sign-up', 'sign-up', signUp],
])('%s', (_, flow, send) => {
  const known = (pair: number, run = '') => `known-${flow}${run}-${pair}@example.com`;
  const unknown = (pair: number, run = '') => `new-${flow}${run}-${pair}@example.com`;
  const body = ({ status, json }: Answer) => ({ status, keys: Object.keys(json), message: json.message });

  test('takes the same steps for known and unknown addresses, and answers the same', async () => {
    const { browser, commands } = await start();
    await addMember(stack, known(0));
    // The first password loads what the others have.
    await send(browser, unknown(-1));
    const steps = [];
    for (const email of [known(0), unknown(0)]) {
      commands.length = 0;
      steps.push({ answer: body(await send(browser, email)), commands: [...commands] });
    }
    expect(steps[0]!.answer).toEqual(steps[1]!.answer);
    if (flow === 'reset') expect(steps[0]!.commands).toEqual(steps[1]!.commands);
    // Of a sign-up one look-up more is made while the password is hashed.
    else expect(withoutReads(steps[0]!.commands)).toEqual(withoutReads(steps[1]!.commands));
  });

  /** A busy machine blurs a run; what holds of the function shows in one of three, what does not in none. */
  async function isOnce(expected: boolean, plugins: BetterAuthPlugin[]): Promise<boolean> {
    const { browser } = await start(plugins);
    for (let run = 0; run < 3; run++) {
      const name = `-${expected}-${run}`;
      for (let pair = -5; pair < pairs; pair++) await addMember(stack, known(pair, name));
      const { distinguishable } = await compareTimes(
        (pair) => send(browser, known(pair, name)),
        (pair) => send(browser, unknown(pair, name)),
        pairs,
      );
      if (distinguishable === expected) return true;
    }
    return false;
  }

  test('takes as long for known as for unknown addresses', async () => {
    expect(await isOnce(false, [])).toBe(true);
  });

  test('that leaks is caught', async () => {
    expect(await isOnce(true, [leak])).toBe(true);
  });
});

const withoutReads = (commands: readonly string[]) => commands.filter((name) => name !== 'GetItemCommand');
