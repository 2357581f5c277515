import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Browser, startStack } from '../../../support/stack.ts';
import { awsConfig } from '../../../support/tables.ts';
import { countTrips } from '../../../support/trips.ts';
import { testClock } from './clock.ts';
import { newMember, signInFrom, wrongPassword } from './sign-in.ts';

test('lockout makes nobody wait longer, and asks for as many requests as docs/lockout.md says', async () => {
  const stack = await startStack();
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  const counted = countTrips(dynamodb);
  const start = (enabled: boolean) =>
    stack.start({ ...withCheapPasswords({}, { lockout: { enabled } }), clients: { dynamodb }, now: testClock().now });
  const [guarded, open] = [await start(true), await start(false)];
  const email = await newMember(stack, guarded, 'trips@example.com');
  const device = guarded.another();
  const right = { email, password: 'correct horse battery staple' };
  const known = (browser: Browser) => {
    browser.jar.clear();
    for (const [name, value] of device.jar) if (name.endsWith('device')) browser.jar.set(name, value);
    return browser.post('/api/auth/sign-in/email', right);
  };
  await device.post('/api/auth/sign-in/email', right);

  // The first request of a container reads more.
  await signInFrom(open, email);

  const without = await counted.during(() => signInFrom(open, email));
  const unknown = await counted.during(() => signInFrom(guarded, email));
  const ofDevice = await counted.during(() => known(guarded.another()));
  const wrong = await counted.during(() => signInFrom(guarded, email, { password: wrongPassword }));
  const nobody = await counted.during(() => signInFrom(guarded, 'nobody@example.com', { password: wrongPassword }));
  await stack.stop();

  expect([unknown.chain, ofDevice.chain]).toEqual([without.chain, without.chain]);
  expect(unknown.total - without.total).toBe(4);
  expect(ofDevice.total - without.total).toBe(2);
  // What tells an account that exists from one that does not is not in the requests either.
  expect(nobody.commands.toSorted()).toEqual(wrong.commands.toSorted());
});
