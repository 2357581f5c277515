import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { administrator } from '../../support/accounts.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import {
  authenticatorOf,
  challenged,
  isSignedIn,
  type Member,
  memberWithSecondFactor,
  verifyTotp,
} from '../../support/second-factor.ts';
import { type Browser, baseUrl, password, type Stack, startStack } from '../../support/stack.ts';
import { passTime, startClock, stopClock } from '../../support/travel.ts';

let stack: Stack;
let container: Browser;
beforeAll(async () => {
  stopClock();
  stack = await startStack();
  container = await stack.start(withCheapPasswords());
});
afterAll(async () => {
  await stack.stop();
  startClock();
});

let members = 0;
let member: Member;
let device: Browser;
beforeEach(async () => {
  member = await memberWithSecondFactor(stack, container.another(), `owner-${++members}@example.com`);
  device = await trusted();
});

async function trusted(): Promise<Browser> {
  passTime(30);
  const browser = await challenged(member);
  expect(await verifyTotp(browser, member.authenticator.code(), { trustDevice: true })).toMatchObject({ status: 200 });
  return browser;
}

/** A later visit: the session is over, the device's own cookie is still there. */
async function returns(browser: Browser, newPassword = password): Promise<boolean> {
  passTime(10);
  for (const name of browser.jar.keys()) if (!name.includes('trusted_device')) browser.jar.delete(name);
  await browser.post('/api/auth/sign-in/email', { email: member.email, password: newPassword });
  return isSignedIn(browser);
}

const list = async (browser: Browser) => (await browser.get('/api/auth/two-factor/trusted-devices')).json;

describe('a trusted device', () => {
  test('is not asked again, time after time', async () => {
    for (let visit = 0; visit < 3; visit++) expect(await returns(device)).toBe(true);
    expect(await returns(member.browser.another())).toBe(false);
  });

  test('is asked again after thirty days, however often it was used', async () => {
    passTime(29 * 86_400);
    expect(await returns(device)).toBe(true);
    passTime(86_400);
    expect(await returns(device)).toBe(false);
  });

  test('is trusted by its own user only', async () => {
    const other = await memberWithSecondFactor(stack, container.another(), `other-${members}@example.com`);
    passTime(10);
    await device.post('/api/auth/sign-out');
    await device.post('/api/auth/sign-in/email', { email: other.email, password });
    expect(await isSignedIn(device)).toBe(false);
  });

  test('whose cookie was copied: of the two one is trusted, and the other’s visit ends the trust for both', async () => {
    const copy = container.another();
    for (const [name, value] of device.jar) copy.jar.set(name, value);
    expect(await returns(copy)).toBe(true);
    expect(await returns(device)).toBe(false);
    expect(await returns(copy)).toBe(false);
  });

  test('keeps nothing in the table that would be trusted', async () => {
    const [value] = [...device.jar].filter(([name]) => name.includes('trusted_device')).map(([, value]) => value);
    const [id, secret] = value!.split('.');
    const { Items } = await stack.clients.dynamodb.send(new ScanCommand({ TableName: 'identity' }));
    expect(JSON.stringify(Items)).toContain(id);
    expect(JSON.stringify(Items)).not.toContain(secret);
  });
});

describe('the user', () => {
  test('sees the devices, and which one this is; no other user does', async () => {
    const second = await trusted();
    const devices = await list(second);
    expect(devices).toHaveLength(2);
    expect(devices.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    expect(Object.keys(devices[0]).sort()).toEqual([
      'createdAt',
      'current',
      'expiresAt',
      'id',
      'lastUsedAt',
      'userAgent',
    ]);
    const other = await memberWithSecondFactor(stack, container.another(), `looks-${members}@example.com`);
    expect(await list(other.browser)).toEqual([]);
    const [{ id }] = devices;
    const answer = await other.browser.post('/api/auth/two-factor/revoke-trusted-device', { id });
    expect(answer).toMatchObject({ status: 404, json: { code: 'TRUSTED_DEVICE_NOT_FOUND' } });
    expect(await returns(second)).toBe(true);
    expect(await returns(device)).toBe(true);
  });

  test('revokes one', async () => {
    const second = await trusted();
    const { id } = (await list(device)).find(({ current }: { current: boolean }) => current);
    expect(await second.post('/api/auth/two-factor/revoke-trusted-device', { id })).toMatchObject({ status: 200 });
    expect(await returns(device)).toBe(false);
    expect(await returns(second)).toBe(true);
  });

  test('revokes all', async () => {
    const second = await trusted();
    expect(await second.post('/api/auth/two-factor/revoke-trusted-devices')).toMatchObject({ status: 200 });
    expect([await returns(device), await returns(second)]).toEqual([false, false]);
  });

  test('needs a session for either', async () => {
    for (const path of ['revoke-trusted-device', 'revoke-trusted-devices']) {
      const answer = await container.another().post(`/api/auth/two-factor/${path}`, { id: 'x' });
      expect(answer).toMatchObject({ status: 401 });
    }
    expect(await container.another().get('/api/auth/two-factor/trusted-devices')).toMatchObject({ status: 401 });
  });
});

describe('trust ends', () => {
  const newPassword = 'another good long password, entirely';

  test('when the password is changed', async () => {
    const body = { currentPassword: password, newPassword };
    expect(await member.browser.post('/api/auth/change-password', body)).toMatchObject({ status: 200 });
    expect(await returns(device, newPassword)).toBe(false);
  });

  test('when the password is reset by mail', async () => {
    const stranger = container.another();
    const redirectTo = `${baseUrl}/reset`;
    await stranger.post('/api/auth/request-password-reset', { email: member.email, redirectTo });
    const mail = (await stack.mails()).find(({ kind }) => kind === 'reset-password');
    const token = /reset-password\/([^?]+)|[?&]token=([^&]+)/
      .exec(mail?.url ?? '')
      ?.slice(1)
      .find(Boolean);
    expect(await stranger.post('/api/auth/reset-password', { token, newPassword })).toMatchObject({ status: 200 });
    expect(await returns(device, newPassword)).toBe(false);
  });

  test('when an administrator revokes the user’s sessions', async () => {
    const admin = container.another();
    await administrator(stack, admin, `admin-${members}@example.com`);
    const { json } = await member.browser.get('/api/auth/get-session');
    const answer = await admin.post('/api/auth/admin/revoke-user-sessions', { userId: json.user.id });
    expect(answer).toMatchObject({ status: 200 });
    expect(await returns(device)).toBe(false);
  });

  test('when the factor is turned off, also if it is turned on again', async () => {
    passTime(10);
    expect(await member.browser.post('/api/auth/two-factor/disable', { password })).toMatchObject({ status: 200 });
    passTime(10);
    const { json } = await member.browser.post('/api/auth/two-factor/enable', { password });
    member = { ...member, authenticator: authenticatorOf(json.totpURI) };
    expect(await verifyTotp(member.browser, member.authenticator.code())).toMatchObject({ status: 200 });
    expect(await returns(device)).toBe(false);
  });
});

test('with trustedDeviceDays 0 no device is trusted', async () => {
  const strict = await stack.start(withCheapPasswords({}, { secondFactor: { trustedDeviceDays: 0 } }));
  const browser = strict.another();
  passTime(30);
  await browser.post('/api/auth/sign-in/email', { email: member.email, password });
  await verifyTotp(browser, member.authenticator.code(), { trustDevice: true });
  expect([...browser.jar.keys()].filter((name) => /trust/.test(name))).toEqual([]);
  expect(await returns(browser)).toBe(false);
});
