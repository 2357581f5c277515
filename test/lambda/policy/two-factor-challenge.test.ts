import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { magicLink, oneTimeToken } from 'better-auth/plugins';
import * as z from 'zod';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { isSignedIn, type Member, memberWithSecondFactor, verifyTotp } from '../../support/second-factor.ts';
import {
  callBack,
  home,
  location,
  type Providers,
  person,
  socialSignIn,
  startProviders,
} from '../../support/social.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { startClock, stopClock } from '../../support/travel.ts';

/** A fork's own way in; it trusts what it is told, and knows no second factor. */
const whisper = (withUser: 'whole' | 'partial'): BetterAuthPlugin => ({
  id: `whisper-${withUser}`,
  endpoints: {
    [withUser]: createAuthEndpoint(
      `/whisper/${withUser}`,
      { method: 'POST', body: z.object({ userId: z.string() }) },
      async (ctx) => {
        const { internalAdapter } = ctx.context;
        const user = (await internalAdapter.findUserById(ctx.body.userId))!;
        const session = await internalAdapter.createSession(user.id);
        const { id, email, name, emailVerified, createdAt, updatedAt } = user;
        const partial = { id, email, name, emailVerified, createdAt, updatedAt };
        await setSessionCookie(ctx, { session, user: withUser === 'whole' ? user : partial });
        return ctx.json({ token: session.token });
      },
    ),
  },
});

let stack: Stack;
let providers: Providers;
let container: Browser;
let member: Member;
let userId: string;
const links: string[] = [];
beforeAll(async () => {
  stopClock();
  stack = await startStack();
  providers = await startProviders(stack);
  const { plugins } = providers.options();
  const cheap = withCheapPasswords();
  container = await stack.start({
    variables: { ...providers.variables, ...cheap.variables },
    options: {
      ...cheap.options,
      socialSignIn: { linkByVerifiedEmail: true },
      plugins: async (context) => [
        ...(typeof plugins === 'function' ? await plugins(context) : []),
        magicLink({ storeToken: 'hashed', sendMagicLink: async ({ url }) => void links.push(url) }),
        oneTimeToken({ storeToken: 'hashed' }),
        whisper('whole'),
        whisper('partial'),
      ],
    },
  });
  member = await memberWithSecondFactor(stack, container.another(), 'member@example.com');
  userId = (await member.browser.get('/api/auth/get-session')).json.user.id;
});
afterAll(async () => {
  await providers.stop();
  await stack.stop();
  startClock();
});

let step = 0;
/** Each code is good once. */
const nextCode = () => member.authenticator.code(step++);

describe('a sign-in of a user with a second factor is challenged', () => {
  test('with a social account: the page that it ends at learns of it, and the code completes it', async () => {
    const browser = container.another();
    const output = await captureLogs(async () => {
      const answer = await socialSignIn(browser, providers.acme, person('member'));
      expect(location(answer)).toBe(`${home}?twoFactorRedirect=true`);
    });
    expect(auditEvents(output).map(({ event }) => event)).toEqual(['sign_in_challenged']);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await verifyTotp(browser, nextCode())).toMatchObject({ status: 200 });
    expect((await browser.get('/api/auth/get-session')).json.user.id).toBe(userId);
  });

  test('with a mailed link', async () => {
    const browser = container.another();
    await browser.post('/api/auth/sign-in/magic-link', { email: member.email, callbackURL: home });
    const answer = await callBack(browser, new URL(links.at(-1)!));
    expect(location(answer)).toBe(`${home}?twoFactorRedirect=true`);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await verifyTotp(browser, nextCode())).toMatchObject({ status: 200 });
    expect(await isSignedIn(browser)).toBe(true);
  });

  test.each(['whole', 'partial'])('by a plugin of the fork, with a %s user', async (kind) => {
    const browser = container.another();
    const answer = await browser.post(`/api/auth/whisper/${kind}`, { userId });
    expect(answer).toMatchObject({ status: 200, json: { twoFactorRedirect: true, twoFactorMethods: ['totp'] } });
    expect(answer.json).not.toHaveProperty('token');
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('also in a browser in which somebody else is signed in', async () => {
    const browser = container.another();
    await signedIn(stack, browser, 'attacker@example.com');
    const answer = await browser.post('/api/auth/whisper/whole', { userId });
    expect(answer.json).toMatchObject({ twoFactorRedirect: true });
    expect((await browser.get('/api/auth/get-session')).json?.user.id).not.toBe(userId);
  });

  test('and the session that it made is gone, not only its cookie', async () => {
    const before = await member.browser.get('/api/auth/list-sessions');
    await container.another().post('/api/auth/whisper/whole', { userId });
    const after = await member.browser.get('/api/auth/list-sessions');
    expect(after.json.map(({ id }: { id: string }) => id)).toEqual(before.json.map(({ id }: { id: string }) => id));
  });
});

describe('nothing is asked of', () => {
  test('a user without a second factor', async () => {
    const browser = container.another();
    expect(location(await socialSignIn(browser, providers.acme, person('plain')))).toBe(home);
    expect(await isSignedIn(browser)).toBe(true);
    const { json } = await browser.get('/api/auth/get-session');
    const other = container.another();
    expect((await other.post('/api/auth/whisper/partial', { userId: json.user.id })).json).toHaveProperty('token');
    expect(await isSignedIn(other)).toBe(true);
  });

  test('a session that is handed on by one that has passed', async () => {
    const { json } = await member.browser.get('/api/auth/one-time-token/generate');
    const other = container.another();
    expect(await other.post('/api/auth/one-time-token/verify', { token: json.token })).toMatchObject({ status: 200 });
    expect(await isSignedIn(other)).toBe(true);
    expect(await isSignedIn(member.browser)).toBe(true);
  });

  test('a signed-in user who changes the password', async () => {
    const newPassword = 'another good long password, entirely';
    const browser = container.another();
    const fresh = await memberWithSecondFactor(stack, browser, 'changes@example.com');
    const changed = await fresh.browser.post('/api/auth/change-password', {
      currentPassword: password,
      newPassword,
      revokeOtherSessions: true,
    });
    expect(changed).toMatchObject({ status: 200 });
    expect(await isSignedIn(browser)).toBe(true);
  });
});

test('a user who came by a social account has no password, and sets a second factor up after a recent sign-in', async () => {
  const browser = container.another();
  await socialSignIn(browser, providers.acme, person('passwordless'));
  expect(await browser.post('/api/auth/two-factor/enable')).toMatchObject({
    status: 200,
    json: { totpURI: expect.stringMatching('^otpauth://totp/') },
  });
});

test('an exempt way in is the fork’s own decision', async () => {
  const cheap = withCheapPasswords({}, { secondFactor: { exemptSignIns: ['/whisper/whole'] } });
  const lax = await stack.start({
    variables: cheap.variables,
    options: { ...cheap.options, plugins: [whisper('whole'), whisper('partial')] },
  });
  const browser = lax.another();
  await browser.post('/api/auth/whisper/whole', { userId });
  expect(await isSignedIn(browser)).toBe(true);
  expect((await lax.another().post('/api/auth/whisper/partial', { userId })).json).toMatchObject({
    twoFactorRedirect: true,
  });
});
