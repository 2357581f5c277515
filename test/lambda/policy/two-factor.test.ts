import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import {
  challenged,
  isSignedIn,
  type Member,
  memberWithSecondFactor,
  verifyTotp,
} from '../../support/second-factor.ts';
import { type Browser, password, type Stack, startStack } from '../../support/stack.ts';
import { passTime, startClock, stopClock } from '../../support/travel.ts';

let stack: Stack;
let container: Browser;
/** Where three wrong codes lock. */
let strict: Browser;
beforeAll(async () => {
  stopClock();
  stack = await startStack();
  container = await stack.start(withCheapPasswords());
  strict = await stack.start(withCheapPasswords({}, { secondFactor: { maxAttempts: 3 } }));
});
afterAll(async () => {
  await stack.stop();
  startClock();
});

let members = 0;
let member: Member;
beforeEach(async () => {
  member = await memberWithSecondFactor(stack, container.another(), `member-${++members}@example.com`);
});

describe('a code of an authenticator', () => {
  test('signs in once: not again in its step, and no older one after it', async () => {
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => challenged(member)));
    expect(await verifyTotp(first!, member.authenticator.code())).toMatchObject({ status: 200 });
    expect(await isSignedIn(first!)).toBe(true);

    const output = await captureLogs(async () => {
      const again = await verifyTotp(second!, member.authenticator.code());
      expect(again).toMatchObject({ status: 401, json: { code: 'INVALID_CODE' } });
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'second_factor_failed', status_code: 'TOTP_CODE_USED' }]);
    expect(await isSignedIn(second!)).toBe(false);
    expect(await verifyTotp(third!, member.authenticator.code(-1))).toMatchObject({ status: 401 });
    expect(await verifyTotp(third!, member.authenticator.code(1))).toMatchObject({ status: 200 });
  });

  test('that set the factor up signs nobody in', async () => {
    const device = await challenged(member);
    expect(await verifyTotp(device, member.authenticator.code(-1))).toMatchObject({ status: 401 });
  });

  test('of parallel sign-ins with one code one succeeds', async () => {
    const devices = await Promise.all(Array.from({ length: 5 }, () => challenged(member)));
    const answers = await Promise.all(devices.map((device) => verifyTotp(device, member.authenticator.code())));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(4).fill(401)]);
  });

  test('is good for one challenge only, which is gone with it', async () => {
    const device = await challenged(member);
    const cookies = new Map(device.jar);
    await verifyTotp(device, member.authenticator.code());
    device.jar.clear();
    for (const [name, value] of cookies) device.jar.set(name, value);
    expect(await verifyTotp(device, member.authenticator.code(1))).toMatchObject({
      status: 401,
      json: { code: 'INVALID_TWO_FACTOR_COOKIE' },
    });
  });
});

describe('a backup code', () => {
  const use = (browser: Browser, code: string | undefined) =>
    browser.post('/api/auth/two-factor/verify-backup-code', { code });

  test('signs in once', async () => {
    const [code] = member.backupCodes;
    const [first, second] = await Promise.all([1, 2].map(() => challenged(member)));
    expect(await use(first!, code)).toMatchObject({ status: 200 });
    expect(await isSignedIn(first!)).toBe(true);
    expect(await use(second!, code)).toMatchObject({ status: 401, json: { code: 'INVALID_BACKUP_CODE' } });
  });

  test('of parallel sign-ins with one code one succeeds', async () => {
    const devices = await Promise.all(Array.from({ length: 5 }, () => challenged(member)));
    const answers = await Promise.all(devices.map((device) => use(device, member.backupCodes[0])));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('a right one clears the count of wrong ones', async () => {
    member = await memberWithSecondFactor(stack, strict.another(), 'clears@example.com');
    for (let round = 0; round < 2; round++) {
      for (let guess = 0; guess < 2; guess++) {
        expect(await use(await challenged(member), 'AAAAA-AAAAA')).toMatchObject({ status: 401 });
      }
      expect(await use(await challenged(member), member.backupCodes[round])).toMatchObject({ status: 200 });
    }
  });
});

describe('the lock', () => {
  async function guess(times: number): Promise<number[]> {
    const devices = await Promise.all(Array.from({ length: times }, () => challenged(member)));
    const answers = await Promise.all(devices.map((device) => verifyTotp(device, member.authenticator.wrong())));
    return answers.map(({ status }) => status).sort();
  }

  test('of 14 parallel guesses 10 are looked at; then the right code is refused too, until the lock ends', async () => {
    expect(await guess(14)).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
    const device = await challenged(member);
    const refused = await verifyTotp(device, member.authenticator.code());
    expect(refused).toMatchObject({ status: 429, json: { code: 'ACCOUNT_TEMPORARILY_LOCKED' } });
    const other = await challenged(member);
    const backup = await other.post('/api/auth/two-factor/verify-backup-code', { code: member.backupCodes[0] });
    expect(backup).toMatchObject({ status: 429 });
    passTime(15 * 60 + 1);
    expect(await verifyTotp(await challenged(member), member.authenticator.code())).toMatchObject({ status: 200 });
  });

  test('a lock that has ended lets as many guesses through again, not more', async () => {
    member = await memberWithSecondFactor(stack, strict.another(), 'again@example.com');
    await guess(3);
    passTime(15 * 60 + 1);
    const statuses = await guess(6);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(3);
    expect(statuses).toContain(401);
    expect(await guess(4)).toContain(429);
  });

  test('does not lock out whoever has a session, and needs the password first', async () => {
    member = await memberWithSecondFactor(stack, strict.another(), 'session@example.com');
    await guess(3);
    expect(await isSignedIn(member.browser)).toBe(true);
    const wrongPassword = member.browser.another();
    await wrongPassword.post('/api/auth/sign-in/email', { email: member.email, password: 'not the password' });
    expect(await verifyTotp(wrongPassword, member.authenticator.wrong())).toMatchObject({
      status: 401,
      json: { code: 'INVALID_TWO_FACTOR_COOKIE' },
    });
  });

  test('at an address: three tries in ten seconds', async () => {
    const device = await challenged(member);
    const statuses = [];
    for (let guess = 0; guess < 4; guess++) statuses.push((await verifyTotp(device, '000000')).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});

describe('changes to the factor', () => {
  test('need the password of a user who has one', async () => {
    for (const path of ['disable', 'generate-backup-codes', 'get-totp-uri']) {
      passTime(10);
      const answer = await member.browser.post(`/api/auth/two-factor/${path}`, {});
      expect(answer).toMatchObject({ status: 400 });
      const wrong = await member.browser.post(`/api/auth/two-factor/${path}`, { password: 'not the password' });
      expect(wrong).toMatchObject({ status: 400, json: { code: 'INVALID_PASSWORD' } });
    }
  });

  test('without a password they need a recent sign-in', async () => {
    passTime(11 * 60);
    const answer = await member.browser.post('/api/auth/two-factor/disable', {});
    expect(answer).toMatchObject({ status: 403, json: { code: 'SESSION_NOT_FRESH' } });
    expect(await member.browser.post('/api/auth/two-factor/disable', { password })).toMatchObject({ status: 200 });
  });
});
