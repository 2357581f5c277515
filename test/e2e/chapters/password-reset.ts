import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FlowTarget } from '../flow-target.ts';
import { type Device, newDevice, newMember, newPassword, newPerson, type Person, signedIn } from '../person.ts';
import { expectAudited, sessionOf } from '../requests.ts';

/** A forgotten password. The tests build on one another, in order. */
export function passwordReset(target: () => FlowTarget): void {
  describe('a password reset', () => {
    let edsger: Person;
    let forgetful: Device;
    let cookies: string[];
    let token: string;
    const password = newPassword();
    const redirectTo = () => `${new URL(target().url).origin}/choose-a-password`;

    beforeAll(async () => {
      edsger = await newMember(target(), 'Edsger');
      const devices = [await signedIn(target(), edsger), await signedIn(target(), edsger)];
      cookies = devices.map(({ browser }) => browser.cookies());
      forgetful = newDevice(target());
    });

    test('is asked for; the answer is the same for an address without an account', async () => {
      const ask = (email: string) => forgetful.client.requestPasswordReset({ email, redirectTo: redirectTo() });
      const known = await ask(edsger.email);
      const unknown = await ask(newPerson(target(), 'Nobody').email);
      expect(known.error).toBeNull();
      expect(unknown).toEqual(known);
    });

    test('the link in the mail leads to the page that was asked for, with a token', async () => {
      const link = await target().mailedLink(edsger.email, '/api/auth/reset-password');
      expect(link.startsWith(`${target().url}/api/auth/reset-password/`)).toBe(true);
      const response = await forgetful.browser.fetch(link);
      const location = new URL(response.headers.get('location') ?? '');
      expect([response.status, location.origin + location.pathname]).toEqual([302, redirectTo()]);
      token = location.searchParams.get('token') ?? '';
      expect(token).not.toBe('');
    });

    test('sets the new password, once; every session is gone, and so is the old password', async () => {
      for (const cookie of cookies) expect(await sessionOf(target(), cookie)).not.toBeNull();
      const { error } = await forgetful.client.resetPassword({ newPassword: password, token });
      expect(error).toBeNull();
      for (const cookie of cookies) expect(await sessionOf(target(), cookie)).toBeNull();
      const again = await forgetful.client.resetPassword({ newPassword: newPassword(), token });
      expect(again.error).toMatchObject({ status: 400, code: 'INVALID_TOKEN' });
      const { error: refused } = await forgetful.client.signIn.email(edsger);
      expect(refused).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' });
      const { error: accepted } = await forgetful.client.signIn.email({ ...edsger, password });
      expect(accepted).toBeNull();
    });

    test('is on record', async () => {
      await expectAudited(target(), 'password_reset_requested', 'password_reset', 'password_reset_failed');
    });
  });
}
