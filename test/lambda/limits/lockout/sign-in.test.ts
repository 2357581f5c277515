import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { username } from 'better-auth/plugins';
import { auditEvents, captureLogs } from '../../../support/capture-logs.ts';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Browser, password, type Stack, startStack } from '../../../support/stack.ts';
import { day, testClock } from './clock.ts';
import { attack, failFrom, newMember, newSource, signInFrom, visible, wrongPassword } from './sign-in.ts';

/** Fewer than by default, to be through sooner; lockout.test.ts has the hundred. */
const lockout = { accountMaxFailures: 20 };
const clock = testClock();
let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start({ ...withCheapPasswords({}, { lockout }), now: clock.now });
});
afterAll(() => stack.stop());
// No lock and no limit outlives its test.
beforeEach(() => clock.advance(2 * day));

const eventsOf = async (work: () => Promise<unknown>) => auditEvents(await captureLogs(work));

describe('a locked account', () => {
  test('answers like a wrong password in every respect, known or not, whatever the password', async () => {
    const known = await newMember(stack, browser, 'oracle@example.com');
    const source = newSource();
    const wrong = await signInFrom(browser, known, { password: wrongPassword });
    expect(wrong).toMatchObject({ status: 401, json: { code: 'INVALID_EMAIL_OR_PASSWORD' }, cookies: [] });
    const answers = await failFrom(browser, known, source, 7);
    answers.push(await signInFrom(browser, known, { source }));
    for (const email of ['nobody@example.com', 'NOBODY@example.com']) {
      answers.push(...(await failFrom(browser, email, source, 4)));
    }
    await attack(browser, known);
    answers.push(await signInFrom(browser, known));
    for (const answer of answers) expect(visible(answer)).toEqual(visible(wrong));
  });

  test('is locked for the source only, and opens by itself', async () => {
    const email = await newMember(stack, browser, 'source@example.com');
    const source = newSource();
    await failFrom(browser, email, source);
    expect(await signInFrom(browser, email, { source })).toMatchObject({ status: 401 });
    expect(await signInFrom(browser, email)).toMatchObject({ status: 200 });
    clock.advanceMinutes(15);
    expect(await signInFrom(browser, email, { source })).toMatchObject({ status: 200 });
  });

  test('is the same account in other letters, and one IPv6 network is one source', async () => {
    const email = await newMember(stack, browser, 'letters@example.com');
    const addresses = ['2001:db8:7::1', '2001:db8:7::2', '2001:DB8:7:0:ffff::3', '2001:db8:7:0:1::4', '2001:db8:7::5'];
    for (const source of addresses) {
      await signInFrom(browser, 'LETTERS@Example.com', { password: wrongPassword, source });
    }
    expect(await signInFrom(browser, email, { source: '2001:db8:7::6' })).toMatchObject({ status: 401 });
    expect(await signInFrom(browser, email, { source: '2001:db8:7:1::1' })).toMatchObject({ status: 200 });
  });

  test('keeps a user name out too', async () => {
    const { options, variables } = withCheapPasswords({}, { plugins: [username()] });
    const named = await stack.start({ options, variables, now: clock.now });
    const source = newSource();
    const signIn = (name: string, tried: string) =>
      named.another().send({
        method: 'POST',
        path: '/api/auth/sign-in/username',
        // An address beside it must not give the guess a counter of its own.
        body: { username: name, password: tried, email: `${Math.random()}@example.com` },
        sourceIp: source,
      });
    const visitor = named.another();
    const body = { name: 'Ada', email: 'named@example.com', password, username: 'ada_l' };
    await visitor.post('/api/auth/sign-up/email', body);
    const [mail] = (await stack.mails()).filter(({ to }) => to === body.email);
    await visitor.get(mail!.url!.slice('https://auth.example.com/prod'.length));
    expect(await signIn('ada_l', password)).toMatchObject({ status: 200 });
    for (const spelling of ['ada_l', 'ADA_L', 'Ada_l', 'ada_L', 'aDa_l']) await signIn(spelling, wrongPassword);
    expect(await signIn('ada_l', password)).toMatchObject({ status: 401 });
  });
});

describe('a device that signed in before', () => {
  async function knownDevice(email: string): Promise<Browser> {
    await newMember(stack, browser, email);
    const device = browser.another();
    await device.post('/api/auth/sign-in/email', { email, password });
    return device;
  }
  const signIn = (device: Browser, email: string, tried = password) =>
    device.post('/api/auth/sign-in/email', { email, password: tried });

  test('carries a cookie that says nothing, for this host only', async () => {
    const email = await newMember(stack, browser, 'cookie@example.com');
    const { cookies } = await signInFrom(browser, email);
    const cookie = cookies.find((line) => line.startsWith('__Host-auth.device='));
    expect(cookie?.split('; ').slice(1).sort()).toEqual([
      'HttpOnly',
      `Max-Age=${180 * 24 * 3600}`,
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ]);
    expect(cookie).not.toContain('cookie@');
  });

  test('signs in while a botnet keeps all others out', async () => {
    const email = 'known@example.com';
    const device = await knownDevice(email);
    await attack(browser, email);
    expect(await signInFrom(browser, email)).toMatchObject({ status: 401 });
    expect(await signIn(device, email)).toMatchObject({ status: 200 });
    // Its own counter: four failures, and the sign-in gives it a new one.
    for (let time = 0; time < 4; time++) await signIn(device, email, wrongPassword);
    expect(await signIn(device, email)).toMatchObject({ status: 200 });
  });

  test('has five tries, and locks nobody but itself', async () => {
    const email = 'own-counter@example.com';
    const [one, other] = [await knownDevice(email), browser.another()];
    await signIn(other, email);
    for (let time = 0; time < 5; time++) await signIn(one, email, wrongPassword);
    expect(await signIn(one, email)).toMatchObject({ status: 401 });
    expect(await signIn(other, email)).toMatchObject({ status: 200 });
    expect(await signInFrom(browser, email)).toMatchObject({ status: 200 });
  });

  test('stays known for each of its users', async () => {
    const device = await knownDevice('first@example.com');
    await newMember(stack, browser, 'second@example.com');
    await signIn(device, 'second@example.com');
    await attack(browser, 'first@example.com');
    expect(await signIn(device, 'first@example.com')).toMatchObject({ status: 200 });
  });

  test.each([
    ['for another user', async () => knownDevice('thief@example.com')],
    ['that was changed', async (email: string) => tamper(await knownDevice(email))],
    ['that is a signed session token', async (email: string) => swap(await knownDevice(email))],
  ])('a cookie %s does not help', async (what, prepare) => {
    const email = `victim-${what.replaceAll(' ', '-')}@example.com`;
    const device = await prepare(email);
    await newMember(stack, browser, email);
    await attack(browser, email);
    expect(await signIn(device, email)).toMatchObject({ status: 401 });
  });

  test('is forgotten after 180 days', async () => {
    const email = 'old@example.com';
    const device = await knownDevice(email);
    clock.advance(180 * day);
    await attack(browser, email);
    expect(await signIn(device, email)).toMatchObject({ status: 401 });
  });

  const name = '__Host-auth.device';
  function tamper(device: Browser): Browser {
    const value = device.jar.get(name)!;
    device.jar.set(name, value.slice(0, -2) + (value.endsWith('AA') ? 'BB' : 'AA'));
    return device;
  }
  function swap(device: Browser): Browser {
    device.jar.set(name, device.jar.get('__Host-auth.session_token')!);
    return device;
  }
});

describe('what is no failure', () => {
  const email = 'no-failure@example.com';
  beforeAll(() => newMember(stack, browser, email));

  test.each([
    ['an address that is none', { email: 'no-failure', password: wrongPassword }, {}],
    ['a password that is too long', { email, password: 'x'.repeat(300) }, {}],
    [
      'a request from another site',
      { email, password: wrongPassword },
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', Origin: 'https://evil.example' },
    ],
  ])('%s: the password is not looked at', async (_, body, headers) => {
    const source = newSource();
    for (let time = 0; time < 6; time++) {
      const request = { method: 'POST', path: '/api/auth/sign-in/email', body, headers, sourceIp: source };
      expect((await browser.another().send(request)).json.code).not.toBe('INVALID_EMAIL_OR_PASSWORD');
    }
    expect(await signInFrom(browser, email, { source })).toMatchObject({ status: 200 });
  });

  test('a right password: ten sign-ins in a row', async () => {
    const email = await newMember(stack, browser, 'often@example.com');
    const source = newSource();
    for (let time = 0; time < 10; time++) {
      expect(await signInFrom(browser, email, { source })).toMatchObject({ status: 200 });
    }
  });
});

describe('on record', () => {
  test('is every lock once, and every attempt on a locked account', async () => {
    const email = await newMember(stack, browser, 'record@example.com');
    const source = newSource();
    const events = await eventsOf(async () => {
      await failFrom(browser, email, source, 6);
      await signInFrom(browser, email, { source });
    });
    const codes = events.map(({ event, status_code }) => [event, status_code]);
    // What the fifth sets off is found out in parallel.
    expect([...codes.slice(0, 4), ...codes.slice(4, 6).sort(), ...codes.slice(6)]).toEqual([
      ...Array(4).fill(['sign_in_failed', 'INVALID_EMAIL_OR_PASSWORD']),
      ['account_locked', 'SOURCE_LOCKED'],
      ['suspicious_activity', 'FAILED_SIGN_INS'],
      ['sign_in_failed', 'SOURCE_LOCKED'],
      ['locked_attempt', 'SOURCE_LOCKED'],
      ['locked_attempt', 'SOURCE_LOCKED'],
    ]);
    expect(events.find(({ event }) => event === 'account_locked')).toMatchObject({ user: { uid: expect.any(String) } });
  });

  test('are the metrics', async () => {
    const email = await newMember(stack, browser, 'metrics@example.com');
    const output = await captureLogs(() => failFrom(browser, email, newSource(), 7));
    expect(output.match(/"AccountLocked":1/g)).toHaveLength(1);
    expect(output.match(/"LockedAttempt":1/g)).toHaveLength(2);
    expect(output.match(/"SignInFailed":1/g)).toHaveLength(7);
  });
});

test('a deployment may do without, and the doctor says so', async () => {
  const { options, variables } = withCheapPasswords({}, { lockout: { enabled: false } });
  const open = await stack.start({ options, variables, now: clock.now });
  const email = await newMember(stack, open, 'open@example.com');
  const source = newSource();
  await failFrom(open, email, source, 10);
  expect(await signInFrom(open, email, { source })).toMatchObject({ status: 200 });
});
