import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { betterAuth } from 'better-auth/minimal';
import {
  admin,
  deviceAuthorization,
  emailOTP,
  jwt,
  magicLink,
  oneTimeToken,
  organization,
  phoneNumber,
  twoFactor,
  username,
} from 'better-auth/plugins';
import { dynamodbAdapter } from '../../../lambda/identity/index.ts';
import { authOptions, type Identity, startIdentity } from '../../support/identity.ts';

/** The main flow of each plugin, with the adapter's default listing: nothing but keys, and the directory of users. */
let identity: Identity;
let auth: ReturnType<typeof createAuth>;
const sent: Record<string, string> = {};
const send = async (to: string, secret: string) => {
  sent[to] = secret;
};

function createAuth() {
  return betterAuth({
    ...authOptions,
    trustedOrigins: ['https://auth.example.com'],
    database: dynamodbAdapter({ client: identity.client, tableName: 'identity' }),
    plugins: [
      admin(),
      deviceAuthorization({}),
      emailOTP({ sendVerificationOTP: ({ email, otp }) => send(email, otp) }),
      jwt(),
      magicLink({ sendMagicLink: ({ email, token }) => send(email, token) }),
      oneTimeToken({ storeToken: 'hashed' }),
      organization(),
      phoneNumber({ sendOTP: ({ phoneNumber: to, code }) => send(to, code) }),
      twoFactor(),
      username(),
    ],
  });
}

beforeAll(async () => {
  identity = await startIdentity();
  auth = createAuth();
});
afterAll(() => identity.stop());

const password = 'correct horse battery staple';

/** Signs a person up; answers the headers of their session. */
async function person(email: string, fields: object = {}) {
  const response = await auth.api.signUpEmail({ body: { name: 'Ada', email, password, ...fields }, asResponse: true });
  expect(response.status).toBe(200);
  return { headers: cookieHeaders(response), user: ((await response.json()) as { user: { id: string } }).user };
}

const cookieHeaders = (response: Response) =>
  new Headers({
    cookie: response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; '),
  });

test('username: sign-in, and no second user of that name', async () => {
  await person('username@example.com', { username: 'ada_l' });
  const { user } = (await auth.api.signInUsername({ body: { username: 'Ada_L', password } })) as {
    user: { email: string };
  };
  expect(user.email).toBe('username@example.com');
  const second = auth.api.signUpEmail({
    body: { name: 'B', email: 'username2@example.com', password, username: 'ada_l' },
  });
  await expect(second).rejects.toThrow(/taken/i);
});

test('phone number: a code verifies it', async () => {
  const { headers } = await person('phone@example.com');
  await auth.api.sendPhoneNumberOTP({ body: { phoneNumber: '+15550100' } });
  const verified = await auth.api.verifyPhoneNumber({
    body: { phoneNumber: '+15550100', code: sent['+15550100']!, updatePhoneNumber: true },
    headers,
  });
  expect(verified).toMatchObject({ status: true, user: { phoneNumber: '+15550100' } });
});

test('e-mail OTP and magic link sign in, once', async () => {
  await person('otp@example.com');
  await auth.api.sendVerificationOTP({ body: { email: 'otp@example.com', type: 'sign-in' } });
  const signIn = () => auth.api.signInEmailOTP({ body: { email: 'otp@example.com', otp: sent['otp@example.com']! } });
  expect(await signIn()).toMatchObject({ user: { email: 'otp@example.com' } });
  await expect(signIn()).rejects.toThrow();

  await auth.api.signInMagicLink({ body: { email: 'otp@example.com' }, headers: new Headers() });
  const follow = () => auth.api.magicLinkVerify({ query: { token: sent['otp@example.com']! }, headers: new Headers() });
  expect(await follow()).toMatchObject({ user: { email: 'otp@example.com' } });
  await expect(follow()).rejects.toThrow();
});

test('two-factor: enabling asks for the second factor at the next sign-in; a backup code works once', async () => {
  const { headers } = await person('2fa@example.com');
  const enabled = await auth.api.enableTwoFactor({ body: { password }, headers });
  if (enabled.method !== 'totp') throw new Error(`expected method totp, got ${enabled.method}`);
  const { backupCodes, totpURI } = enabled;
  const secret = new URL(totpURI).searchParams.get('secret');
  expect(secret).toBeTruthy();
  const { code } = await auth.api.generateTOTP({ body: { secret: decodeBase32(secret!) } });
  expect(await auth.api.verifyTOTP({ body: { code }, headers })).toMatchObject({ user: { email: '2fa@example.com' } });

  const challenge = async () => {
    const response = await auth.api.signInEmail({ body: { email: '2fa@example.com', password }, asResponse: true });
    expect(await response.clone().json()).toMatchObject({ twoFactorRedirect: true });
    return cookieHeaders(response);
  };
  const spend = async (pending: Headers) =>
    auth.api.verifyBackupCode({ body: { code: backupCodes[0]! }, headers: pending });
  expect(await spend(await challenge())).toMatchObject({ user: { email: '2fa@example.com' } });
  await expect(spend(await challenge())).rejects.toThrow();
});

function decodeBase32(text: string): string {
  const bits = [...text]
    .map((character) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2))).toString();
}

test('one-time token: hands a session over, once', async () => {
  const { headers, user } = await person('one-time@example.com');
  const { token } = await auth.api.generateOneTimeToken({ headers });
  const verify = () => auth.api.verifyOneTimeToken({ body: { token } });
  const results = await Promise.allSettled(Array.from({ length: 5 }, verify));
  const sessions = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(sessions).toMatchObject([{ user: { id: user.id }, session: { userId: user.id } }]);
  await expect(verify()).rejects.toMatchObject({ status: 'BAD_REQUEST' });
});

test('organization: invite, accept, list, leave', async () => {
  const owner = await person('owner@example.com');
  const guest = await person('guest@example.com');
  const created = await auth.api.createOrganization({ body: { name: 'Acme', slug: 'acme' }, headers: owner.headers });
  const organizationId = created!.id;
  const again = auth.api.createOrganization({ body: { name: 'Acme', slug: 'acme' }, headers: guest.headers });
  await expect(again).rejects.toThrow();
  const invitation = await auth.api.createInvitation({
    body: { email: 'guest@example.com', role: 'member', organizationId },
    headers: owner.headers,
  });
  expect(await auth.api.listInvitations({ query: { organizationId }, headers: owner.headers })).toHaveLength(1);
  await auth.api.acceptInvitation({ body: { invitationId: invitation.id }, headers: guest.headers });
  const full = await auth.api.getFullOrganization({ query: { organizationId }, headers: guest.headers });
  expect(full?.members.map(({ role }) => role).sort()).toEqual(['member', 'owner']);
  expect(await auth.api.listOrganizations({ headers: guest.headers })).toMatchObject([{ slug: 'acme' }]);
  await auth.api.leaveOrganization({ body: { organizationId }, headers: guest.headers });
  expect(await auth.api.listOrganizations({ headers: guest.headers })).toEqual([]);
});

describe('device authorization', () => {
  test('a code is approved by a person and exchanged once', async () => {
    const { headers } = await person('device@example.com');
    const codes = await auth.api.deviceCode({ body: { client_id: 'tv' } });
    const exchange = () =>
      auth.api.deviceToken({
        body: {
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: codes.device_code,
          client_id: 'tv',
        },
      });
    await auth.api.deviceVerify({ query: { user_code: codes.user_code }, headers });
    await auth.api.deviceApprove({ body: { userCode: codes.user_code }, headers });
    expect(await exchange()).toMatchObject({ token_type: 'Bearer' });
    await expect(exchange()).rejects.toThrow();
    expect((await identity.items()).filter(({ pk }) => /deviceCode/.test(String(pk)))).toEqual([]);
  });
});

test('admin: search, page and count users, ban one, remove one with everything that is theirs', async () => {
  const { headers, user } = await person('admin@example.com');
  await (await auth.$context).internalAdapter.updateUser(user.id, { role: 'admin' });
  const doomed = await person('doomed@example.com');
  const list = await auth.api.listUsers({
    query: { searchValue: 'doomed', searchField: 'email', sortBy: 'createdAt', limit: 10, offset: 0 },
    headers,
  });
  expect(list).toMatchObject({ total: 1, users: [{ email: 'doomed@example.com' }] });
  await auth.api.banUser({ body: { userId: doomed.user.id }, headers });
  expect(await auth.api.getSession({ headers: doomed.headers })).toBeNull();
  await auth.api.removeUser({ body: { userId: doomed.user.id }, headers });
  const left = (await identity.items()).filter((item) => JSON.stringify(item).includes(doomed.user.id));
  expect(left).toEqual([]);
});

test('jwt: keys are kept and listed', async () => {
  const { headers } = await person('jwt@example.com');
  const { token } = await auth.api.getToken({ headers });
  expect(token.split('.')).toHaveLength(3);
  expect((await auth.api.getJwks()).keys).toHaveLength(1);
});
