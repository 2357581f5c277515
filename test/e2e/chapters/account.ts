import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FlowTarget } from '../flow-target.ts';
import { type Device, newDevice, newPerson, type Person, signUp, verifyAddress } from '../person.ts';
import { expectAudited, send, sessionOf } from '../requests.ts';

/** From sign-up to a session that is gone. The tests build on one another, in order. */
export function account(target: () => FlowTarget): void {
  describe('an account', () => {
    let ada: Person;
    let device: Device;
    let cookies: string;

    beforeAll(() => {
      ada = newPerson(target(), 'Ada');
      device = newDevice(target());
    });

    test('signs up; no session before the address is verified', async () => {
      const { user } = await signUp(target(), device, ada);
      expect(user).toMatchObject({ email: ada.email, emailVerified: false });
      expect(device.browser.cookies()).toBe('');
      const { error } = await device.client.signIn.email(ada);
      expect(error).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' });
    });

    test('follows the link in the mail', async () => {
      await verifyAddress(target(), device, ada);
    });

    test('a wrong password is refused, the right one signs in', async () => {
      const { error: refused } = await device.client.signIn.email({ ...ada, password: 'not the password' });
      expect(refused).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' });
      const { error } = await device.client.signIn.email(ada);
      expect(error).toBeNull();
      expect(device.browser.cookies()).toMatch(/^__Host-/);
      cookies = device.browser.cookies();
    });

    test('gets the session', async () => {
      const { data } = await device.client.getSession();
      expect(data?.user).toMatchObject({ name: ada.name, email: ada.email, emailVerified: true });
      expect(await sessionOf(target(), cookies)).toMatchObject({ user: { email: ada.email } });
    });

    test('signs out; the session is gone, for whoever kept its cookie too', async () => {
      const { error } = await device.client.signOut();
      expect(error).toBeNull();
      // What stays is the proof that this device has signed in before.
      expect(device.browser.cookies()).toMatch(/^__Host-auth\.device=[^;]+$/);
      expect(await sessionOf(target(), cookies)).toBeNull();
      const token = await send(target(), '/api/auth/token', { headers: { cookie: cookies } });
      expect(token.status).toBe(401);
    });

    test('each step is on record', async () => {
      await expectAudited(
        target(),
        'sign_up',
        'email_verified',
        'sign_in_failed',
        'sign_in',
        'sign_out',
        'token_refused',
      );
    });
  });
}
