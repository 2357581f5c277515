import { base32 } from '@better-auth/utils/base32';
import { createOTP } from '@better-auth/utils/otp';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FlowTarget } from '../flow-target.ts';
import { type Device, newDevice, newMember, type Person, signedIn } from '../person.ts';
import { expectAudited } from '../requests.ts';

/** A second factor, from its enabling to its end. The tests build on one another, in order. */
export function twoFactor(target: () => FlowTarget): void {
  describe('a second factor', () => {
    let alan: Person;
    let device: Device;
    let authenticator: { code(step?: number): Promise<string> };
    let backupCodes: readonly string[];

    beforeAll(async () => {
      alan = await newMember(target(), 'Alan');
      device = await signedIn(target(), alan);
    });

    /** A new device, the password given, and the second factor asked for. */
    async function challenged(): Promise<Device> {
      const other = newDevice(target());
      const { data, error } = await other.client.signIn.email(alan);
      expect(error).toBeNull();
      expect(data).toMatchObject({ twoFactorRedirect: true });
      expect(await isSignedIn(other)).toBe(false);
      return other;
    }

    test('is on once a code of the authenticator has been shown', async () => {
      const { data, error } = await device.client.twoFactor.enable({ password: alan.password, method: 'totp' });
      expect(error).toBeNull();
      const enabled = data as { totpURI: string; backupCodes: string[] };
      backupCodes = enabled.backupCodes;
      authenticator = authenticatorOf(enabled.totpURI);
      expect((await device.client.getSession()).data?.user).toMatchObject({ twoFactorEnabled: false });
      const verified = await device.client.twoFactor.verifyTotp({ code: await authenticator.code() });
      expect(verified.error).toBeNull();
      expect((await device.client.getSession()).data?.user).toMatchObject({ twoFactorEnabled: true });
    });

    test('is asked for at sign-in; a wrong code is refused, the right one signs in', async () => {
      const other = await challenged();
      const right = await authenticator.code(1);
      const wrong = String((Number(right) + 500_000) % 1_000_000).padStart(6, '0');
      const refused = await other.client.twoFactor.verifyTotp({ code: wrong });
      expect(refused.error).toMatchObject({ status: 401, code: 'INVALID_CODE' });
      expect(await isSignedIn(other)).toBe(false);
      const accepted = await other.client.twoFactor.verifyTotp({ code: await authenticator.code(1) });
      expect(accepted.error).toBeNull();
      expect(await isSignedIn(other)).toBe(true);
    });

    test('a backup code stands in for it, once', async () => {
      const code = backupCodes[0]!;
      const first = await challenged();
      const accepted = await first.client.twoFactor.verifyBackupCode({ code });
      expect(accepted.error).toBeNull();
      expect(await isSignedIn(first)).toBe(true);
      const second = await challenged();
      const refused = await second.client.twoFactor.verifyBackupCode({ code });
      expect(refused.error).toMatchObject({ status: 401, code: 'INVALID_BACKUP_CODE' });
      expect(await isSignedIn(second)).toBe(false);
    });

    test('is turned off with the password only; the password alone signs in again', async () => {
      const guessed = await device.client.twoFactor.disable({ password: 'not the password' });
      expect(guessed.error).toMatchObject({ status: 400, code: 'INVALID_PASSWORD' });
      const { error } = await device.client.twoFactor.disable({ password: alan.password });
      expect(error).toBeNull();
      expect(await isSignedIn(await signedIn(target(), alan))).toBe(true);
    });

    test('each step is on record', async () => {
      await expectAudited(
        target(),
        'second_factor_started',
        'second_factor_enabled',
        'sign_in_challenged',
        'second_factor_failed',
        'second_factor_disabled',
      );
    });
  });
}

const isSignedIn = async ({ client }: Device): Promise<boolean> => (await client.getSession()).data !== null;

/** What an authenticator app makes of the QR code. */
function authenticatorOf(totpUri: string): { code(step?: number): Promise<string> } {
  const secret = new URL(totpUri).searchParams.get('secret') ?? '';
  const otp = createOTP(base32.decode(secret) as Uint8Array);
  // Each is accepted once, and none that is older; that of the next step is accepted already.
  return { code: (step = 0) => otp.hotp(Math.floor(Date.now() / 30_000) + step) };
}
