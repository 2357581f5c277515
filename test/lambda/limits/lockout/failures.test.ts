import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { password, type Stack, startStack } from '../../../support/stack.ts';
import { awsConfig } from '../../../support/tables.ts';
import { testClock } from './clock.ts';
import { failFrom, newMember, newSource, signInFrom, wrongPassword } from './sign-in.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** A container whose DynamoDB requests fail while `broken` says so of what they hold. */
async function faultyContainer() {
  const fault = { broken: (_input: string): boolean => false };
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  dynamodb.middlewareStack.add(
    (next) => async (args) => {
      if (fault.broken(JSON.stringify(args.input))) {
        throw Object.assign(new Error('injected'), { name: 'ProvisionedThroughputExceededException' });
      }
      return next(args);
    },
    { step: 'initialize', priority: 'low' },
  );
  const browser = await stack.start({ ...withCheapPasswords(), now: testClock().now, clients: { dynamodb } });
  return { browser, fault };
}

const isReservation = (input: string) => input.includes('lockout:') && input.includes('ADD #failures');
const isGiveBack = (input: string) => input.includes('lockout:') && input.includes('DELETE #failures');
const isLock = (input: string) => input.includes('lockout:') && input.includes('SET #lockedUntil');

test.each([
  ['right', password],
  ['wrong', wrongPassword],
])('a counter that cannot be reached: a %s password is 503, without a session', async (_, tried) => {
  const { browser, fault } = await faultyContainer();
  const email = await newMember(stack, browser, 'down@example.com');
  fault.broken = isReservation;
  const answer = await signInFrom(browser, email, { password: tried });
  expect(answer).toMatchObject({ status: 503, json: { code: 'RATE_LIMIT_UNAVAILABLE' }, cookies: [] });
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
});

test('a lock that cannot be stored is 503, and the five failures keep the source out all the same', async () => {
  const { browser, fault } = await faultyContainer();
  const email = await newMember(stack, browser, 'unstored@example.com');
  const source = newSource();
  fault.broken = isLock;
  const answers = await failFrom(browser, email, source);
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 503]);
  expect(await signInFrom(browser, email, { source })).toMatchObject({ status: 401 });
});

test('a give-back that is lost harms nobody', async () => {
  const { browser, fault } = await faultyContainer();
  const email = await newMember(stack, browser, 'lost@example.com');
  fault.broken = isGiveBack;
  expect(await signInFrom(browser, email)).toMatchObject({ status: 200 });
});

test('an outage of the identity table is no failure of the user’s', async () => {
  const { browser, fault } = await faultyContainer();
  const email = await newMember(stack, browser, 'outage@example.com');
  const source = newSource();
  fault.broken = (input) => input.includes('"identity"');
  for (let time = 0; time < 6; time++) {
    expect(await signInFrom(browser, email, { source })).toMatchObject({ status: 503 });
  }
  fault.broken = () => false;
  expect(await signInFrom(browser, email, { source })).toMatchObject({ status: 200 });
});
