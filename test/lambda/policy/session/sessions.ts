import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SessionOptions } from '../../../../lambda/policy/session/session-options.ts';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Answer, type Browser, password, type Stack } from '../../../support/stack.ts';
import { awsConfig } from '../../../support/tables.ts';
import { countTrips } from '../../../support/trips.ts';

/** A container with session settings, where passwords cost little, whose requests to DynamoDB are counted. */
export async function startWith(stack: Stack, sessions: SessionOptions = {}) {
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  const trips = countTrips(dynamodb);
  const browser = await stack.start({ ...withCheapPasswords({}, { sessions }), clients: { dynamodb } });
  return { browser, trips };
}

export const getSession = (browser: Browser): Promise<Answer> => browser.get('/api/auth/get-session');

export const isSignedIn = async (browser: Browser): Promise<boolean> => (await getSession(browser)).json !== null;

/** A device on which a user signs in. */
export async function signIn(browser: Browser, email: string, more: object = {}): Promise<Answer> {
  return browser.post('/api/auth/sign-in/email', { email, password, ...more });
}

/** Another device of the same user. */
export async function anotherDevice(browser: Browser, email: string): Promise<Browser> {
  const device = browser.another();
  await signIn(device, email);
  return device;
}

export const expiryOf = (answer: Answer): number => Date.parse(answer.json.session.expiresAt);
