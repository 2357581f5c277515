import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { storedHash } from '../../support/accounts.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Browser, frozenClock, password, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start({ ...withCheapPasswords(), now: frozenClock() });
});
afterAll(() => stack.stop());

const newPassword = 'another correct battery';
const change = (device: Browser, body: object) => device.post('/api/auth/change-password', body);

describe('a change of password', () => {
  test.each([undefined, false, true])(
    'ends every other session when the client says revokeOtherSessions: %j, and renews this one',
    async (revokeOtherSessions) => {
      const email = `others-${revokeOtherSessions}@example.com`;
      const device = browser.another();
      await signedIn(stack, device, email);
      const other = browser.another();
      await other.post('/api/auth/sign-in/email', { email, password });
      const former = new Map(device.jar);
      const body = { currentPassword: password, newPassword, revokeOtherSessions };
      expect(await change(device, body)).toMatchObject({ status: 200, json: { user: { email } } });
      expect(await other.get('/api/auth/get-session')).toMatchObject({ json: null });
      expect(await device.get('/api/auth/get-session')).toMatchObject({ json: { user: { email } } });
      const old = browser.another();
      for (const [name, value] of former) old.jar.set(name, value);
      expect(await old.get('/api/auth/get-session')).toMatchObject({ json: null });
      const signIn = (secret: string) => browser.another().post('/api/auth/sign-in/email', { email, password: secret });
      expect(await signIn(password)).toMatchObject({ status: 401 });
      expect(await signIn(newPassword)).toMatchObject({ status: 200 });
    },
  );

  test('needs a session and the current password, and refuses that one as the new one, in either unicode form', async () => {
    const device = browser.another();
    const email = 'needs@example.com';
    const { json } = await signedIn(stack, device, email);
    expect(await change(browser.another(), { currentPassword: password, newPassword })).toMatchObject({ status: 401 });
    const accented = 'caf\u00e9 au lait sans sucre';
    const output = await captureLogs(async () => {
      expect(await change(device, { currentPassword: 'a wrong password', newPassword })).toMatchObject({
        status: 400,
        json: { code: 'INVALID_PASSWORD' },
      });
      for (const [currentPassword, secret] of [
        [password, password],
        [accented, accented.normalize('NFD')],
      ] as const) {
        expect(await change(device, { currentPassword, newPassword: secret })).toMatchObject({
          status: 400,
          json: { code: 'PASSWORD_REUSED', failedRules: [{ code: 'PASSWORD_REUSED' }] },
        });
      }
    });
    expect(auditEvents(output).map(({ event, status_code }) => [event, status_code])).toEqual([
      ['password_change_failed', 'INVALID_PASSWORD'],
      ['password_change_failed', 'PASSWORD_REUSED'],
      ['password_change_failed', 'PASSWORD_REUSED'],
    ]);
    expect(await device.get('/api/auth/get-session')).toMatchObject({ json: { user: { id: json.user.id } } });
  });

  test('succeeds once for one current password, however many try at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const email = `race-${round}@example.com`;
      const device = browser.another();
      const { json } = await signedIn(stack, device, email);
      const before = await storedHash(stack, json.user.id);
      const devices = await Promise.all(
        Array.from({ length: 3 }, async () => {
          const each = browser.another();
          await each.post('/api/auth/sign-in/email', { email, password });
          return each;
        }),
      );
      const answers = await Promise.all(
        devices.map((each, i) => change(each, { currentPassword: password, newPassword: `${newPassword} ${i}` })),
      );
      const winners = answers.flatMap(({ status }, i) => (status === 200 ? [i] : []));
      expect(winners).toHaveLength(1);
      expect(await storedHash(stack, json.user.id)).not.toBe(before);
      const signIns = await Promise.all(
        devices.map((_, i) =>
          browser.another().post('/api/auth/sign-in/email', { email, password: `${newPassword} ${i}` }),
        ),
      );
      expect(signIns.flatMap(({ status }, i) => (status === 200 ? [i] : []))).toEqual(winners);
      const sessions = await Promise.all(devices.map((each) => each.get('/api/auth/get-session')));
      expect(sessions.flatMap(({ json: session }, i) => (session ? [i] : []))).toEqual(winners);
    }
  });
});
