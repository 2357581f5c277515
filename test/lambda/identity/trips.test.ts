import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BetterAuthOptions } from 'better-auth';
import { sessionTokenPlugin } from '../../../lambda/policy/session-token.ts';
import { type Identity, startIdentity } from '../../support/identity.ts';
import { countTrips } from '../../support/trips.ts';

let identity: Identity;
let trips: ReturnType<typeof countTrips>;
beforeAll(async () => {
  identity = await startIdentity();
  trips = countTrips(identity.client);
});
afterAll(() => identity.stop());

const password = 'correct horse battery staple';
let emails = 0;

/** Runs the flows of one person and tells how long each one's chain of requests was. */
async function chains(options: BetterAuthOptions) {
  const auth = identity.auth(options);
  const email = `trips-${++emails}@example.com`;
  await auth.$context;
  let cookie = '';
  const call = async (path: string, body?: object) => {
    const response = await auth.handler(
      new Request(`https://auth.example.com/api/auth${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { cookie, origin: 'https://auth.example.com', 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
    );
    expect(response.status).toBe(200);
    const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0]);
    if (cookies.length > 0) cookie = cookies.join('; ');
    return response.json();
  };
  const measure = async (path: string, body?: object) => (await trips.during(() => call(path, body))).chain;
  const measured = {
    signUp: await measure('/sign-up/email', { name: 'Ada', email, password }),
    signIn: await measure('/sign-in/email', { email, password }),
    getSession: await measure('/get-session'),
    listSessions: await measure('/list-sessions'),
  };
  expect(await call('/get-session')).toMatchObject({ user: { email } });
  expect(await call('/list-sessions')).toHaveLength(2);
  const signOut = await measure('/sign-out', {});
  return { ...measured, signOut };
}

describe('longest chain of requests', () => {
  test('with tokens that name their user', async () => {
    const measured = await chains({ plugins: [sessionTokenPlugin()] });
    expect(measured).toEqual({ signUp: 2, signIn: 3, getSession: 1, listSessions: 2, signOut: 4 });
  });

  test('with plain tokens', async () => {
    const measured = await chains({});
    expect(measured).toMatchObject({ signUp: 2, signIn: 3, getSession: 2, listSessions: 3 });
  });

  test('an account and its user, by provider', async () => {
    const adapter = identity.adapter();
    const where = [
      { field: 'providerId', value: 'credential' },
      { field: 'accountId', value: 'nobody' },
    ];
    const none = await trips.during(() => adapter.findMany({ model: 'account', where, join: { user: true } }));
    expect(none.chain).toBe(1);
  });

  test('nothing scans', async () => {
    const { commands } = await trips.during(() => chains({}));
    expect(commands).not.toContain('ScanCommand');
    expect(commands.length).toBeGreaterThan(5);
  });
});
