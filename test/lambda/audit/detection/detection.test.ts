import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import type { SuspiciousActivity, Verdict } from '../../../../lambda/audit/detection/detection-options.ts';
import { auditEvents, captureLogs } from '../../../support/capture-logs.ts';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { memberWithSecondFactor } from '../../../support/second-factor.ts';
import { type Answer, type Browser, password, type Stack, startStack } from '../../../support/stack.ts';
import { awsConfig } from '../../../support/tables.ts';
import { day, testClock } from '../../limits/lockout/clock.ts';
import { newMember, newSource, wrongPassword } from '../../limits/lockout/sign-in.ts';

const home = '203.0.113.7';
const abroad = '192.0.2.77';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const chrome = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36';

const clock = testClock();
let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start({ ...withCheapPasswords({}), now: clock.now });
});
afterAll(() => stack.stop());
// No limit outlives its test.
beforeEach(async () => {
  clock.advance(2 * day);
  await stack.queued();
});

interface From {
  readonly sourceIp?: string;
  readonly agent?: string;
  readonly tried?: string;
}

/** Signs in on `device`, which keeps the cookies that it gets. */
const signIn = (device: Browser, email: string, { sourceIp = home, agent = firefox, tried = password }: From = {}) =>
  device.send({
    method: 'POST',
    path: '/api/auth/sign-in/email',
    body: { email, password: tried },
    headers: { 'User-Agent': agent },
    sourceIp,
  });

/** Better Auth's authenticator codes go by the system's clock. */
const authenticated = () => stack.start(withCheapPasswords({}));

const verify = (device: Browser, code: string, sourceIp: string, more: object = {}) =>
  device.send({
    method: 'POST',
    path: '/api/auth/two-factor/verify-totp',
    body: { code, ...more },
    headers: { 'User-Agent': firefox },
    sourceIp,
  });

/** What became of some work: the reasons on record, and the kinds of mail. */
async function noticed(work: () => Promise<unknown>) {
  const events = auditEvents(await captureLogs(work));
  const mails = await stack.queued();
  return {
    reasons: events.filter(({ event }) => event === 'suspicious_activity').map(({ status_code }) => status_code),
    events,
    mails: mails.map(({ kind, to, discard }) => (discard ? `${kind} to nobody` : `${kind} to ${to}`)),
  };
}

const nothing = { reasons: [], mails: [] };

/** A member who signed in at home once. */
async function settled(email: string, at = browser): Promise<string> {
  await newMember(stack, at, email);
  await captureLogs(() => signIn(at.another(), email));
  await stack.queued();
  return email;
}

describe('a sign-in', () => {
  test('from a network that is new is told once; the next one from there is not', async () => {
    const email = await settled('network@example.com');
    const told = await noticed(() => signIn(browser.another(), email, { sourceIp: abroad }));
    expect(told).toMatchObject({ reasons: ['NEW_NETWORK'], mails: [`new-sign-in to ${email}`] });
    const [event] = told.events;
    expect(event).toMatchObject({ severity_id: 3, user: { uid: expect.any(String) }, src_endpoint: { ip: abroad } });
    expect(await noticed(() => signIn(browser.another(), email, { sourceIp: abroad }))).toMatchObject(nothing);
  });

  test('with a browser that is new is told, at home too', async () => {
    const email = await settled('browser@example.com');
    expect(await noticed(() => signIn(browser.another(), email, { agent: chrome }))).toMatchObject({
      reasons: ['NEW_DEVICE'],
      mails: [`new-sign-in to ${email}`],
    });
  });

  test('is new again where the user was not for 30 days', async () => {
    const email = await settled('returns@example.com');
    clock.advance(29 * day);
    expect(await noticed(() => signIn(browser.another(), email))).toMatchObject(nothing);
    clock.advance(30 * day);
    expect(await noticed(() => signIn(browser.another(), email))).toMatchObject({ reasons: ['NEW_NETWORK'] });
  });

  test('with a wrong password tells nobody where it came from', async () => {
    const email = await settled('wrong@example.com');
    const told = await noticed(() => signIn(browser.another(), email, { sourceIp: abroad, tried: wrongPassword }));
    expect(told).toMatchObject(nothing);
    expect(await noticed(() => signIn(browser.another(), email, { sourceIp: abroad }))).toMatchObject({
      reasons: ['NEW_NETWORK'],
    });
  });

  test('counts for nothing before its second factor', async () => {
    const own = await authenticated();
    const { authenticator } = await memberWithSecondFactor(stack, own.another(), 'factor@example.com');
    await stack.queued();
    const attacker = own.another();
    for (let time = 0; time < 2; time++) {
      expect(await noticed(() => signIn(attacker, 'factor@example.com', { sourceIp: abroad }))).toMatchObject(nothing);
    }
    expect(await noticed(() => verify(attacker, authenticator.code(), abroad))).toMatchObject({
      reasons: ['NEW_NETWORK'],
    });
  });
});

describe('what is no news', () => {
  test.each<[string, From]>([
    ['another address of the same IPv4 network', { sourceIp: '203.0.113.250' }],
    ['an update of the browser', { agent: firefox.replaceAll('145', '146') }],
  ])('%s', async (what, from) => {
    const email = await settled(`${what.replaceAll(' ', '-')}@example.com`);
    expect(await noticed(() => signIn(browser.another(), email, from))).toMatchObject(nothing);
  });

  test('the first sign-in', async () => {
    const email = await newMember(stack, browser, 'first@example.com');
    await stack.queued();
    expect(await noticed(() => signIn(browser.another(), email))).toMatchObject(nothing);
  });

  test('IPv6 privacy addresses, and the prefixes that a provider gives one home', async () => {
    const email = await newMember(stack, browser, 'privacy@example.com');
    await stack.queued();
    for (const sourceIp of ['2001:db8:1::a1', '2001:db8:1:0:dead:beef::1', '2001:db8:1:ff00::9']) {
      expect(await noticed(() => signIn(browser.another(), email, { sourceIp }))).toMatchObject(nothing);
    }
    const elsewhere = { sourceIp: '2001:db8:2::a1' };
    expect(await noticed(() => signIn(browser.another(), email, elsewhere))).toMatchObject({
      reasons: ['NEW_NETWORK'],
    });
  });

  test('a known device, in whichever network: a phone on its way, a VPN', async () => {
    const email = await settled('phone@example.com');
    const phone = browser.another();
    await signIn(phone, email);
    for (const sourceIp of ['100.70.1.1', '100.71.1.1', abroad]) {
      expect(await noticed(() => signIn(phone, email, { sourceIp }))).toMatchObject(nothing);
    }
    // And where it was seen is known from now on.
    expect(await noticed(() => signIn(browser.another(), email, { sourceIp: abroad }))).toMatchObject(nothing);
  });

  test('the device cookie of somebody else is none', async () => {
    const email = await settled('victim@example.com');
    const thief = browser.another();
    await signIn(thief, await settled('thief@example.com'));
    expect(await noticed(() => signIn(thief, email, { sourceIp: abroad }))).toMatchObject({ reasons: ['NEW_NETWORK'] });
  });
});

describe('five wrong passwords in 15 minutes', () => {
  const fail = (email: string, sourceIp: string) =>
    signIn(browser.another(), email, { sourceIp, tried: wrongPassword });

  test('from five sources are told once, and the answers are those of an account that does not exist', async () => {
    const email = await settled('guessed@example.com');
    const answers: Answer[] = [];
    const all = async (name: string) => {
      for (let time = 0; time < 7; time++) answers.push(await fail(name, newSource()));
    };
    expect(await noticed(() => all(email))).toMatchObject({
      reasons: ['FAILED_SIGN_INS'],
      mails: [`failed-sign-ins to ${email}`],
    });
    const unknown = await noticed(() => all('nobody@example.com'));
    expect(unknown).toMatchObject({ reasons: ['FAILED_SIGN_INS'], mails: ['failed-sign-ins to nobody'] });
    expect(
      new Set(answers.map(({ status, json: { code, message } }) => JSON.stringify([status, code, message]))).size,
    ).toBe(1);
    clock.advanceMinutes(15);
    expect(await noticed(() => all(email))).toMatchObject({ reasons: ['FAILED_SIGN_INS'] });
  });

  test('from one source are told by the mail about the lock', async () => {
    const email = await settled('locked@example.com');
    const source = newSource();
    const told = await noticed(async () => {
      for (let time = 0; time < 6; time++) await fail(email, source);
    });
    expect(told).toMatchObject({ reasons: ['FAILED_SIGN_INS'], mails: [`sign-in-locked to ${email}`] });
  });

  test('are told only if they are close together', async () => {
    const email = await settled('slow@example.com');
    const told = await noticed(async () => {
      for (let time = 0; time < 8; time++) {
        await fail(email, newSource());
        clock.advanceMinutes(4);
      }
    });
    expect(told).toMatchObject(nothing);
  });
});

describe('a session that was signed out', () => {
  async function signedOut(email: string, { device = browser.another(), sourceIp = home } = {}) {
    await signIn(device, await settled(email), { sourceIp });
    const kept = new Map(device.jar);
    await device.send({ method: 'POST', path: '/api/auth/sign-out', headers: { 'User-Agent': firefox }, sourceIp });
    const thief = browser.another();
    for (const [name, value] of kept) thief.jar.set(name, value);
    return { thief, token: kept.get('__Host-auth.session_token')! };
  }
  /** The answer clears the cookies, but of nobody who keeps a copy. */
  const use = (holder: Browser, { sourceIp = abroad, agent = chrome }: From = {}) => {
    const copy = browser.another();
    for (const [name, value] of holder.jar) copy.jar.set(name, value);
    return copy.send({ path: '/api/auth/get-session', headers: { 'User-Agent': agent }, sourceIp });
  };

  test('is told when its cookie is used again, once, and the answer is that of no session', async () => {
    const { thief } = await signedOut('cookie@example.com');
    let answer: Answer | undefined;
    const told = await noticed(async () => {
      answer = await use(thief);
    });
    expect(told).toMatchObject({
      reasons: ['SIGNED_OUT_SESSION_USED'],
      mails: ['session-reused to cookie@example.com'],
    });
    expect(told.events[0]).toMatchObject({ user: { uid: expect.any(String) }, src_endpoint: { ip: abroad } });
    expect(answer).toMatchObject({ status: 200, json: null });
    expect(await noticed(() => use(thief))).toMatchObject(nothing);
  });

  test('is told when its token is used as a bearer token', async () => {
    const { token } = await signedOut('bearer@example.com');
    const Authorization = `Bearer ${decodeURIComponent(token)}`;
    const told = await noticed(() => browser.another().get('/api/auth/get-session', { Authorization }));
    expect(told).toMatchObject({ reasons: ['SIGNED_OUT_SESSION_USED'] });
  });

  test.each([
    ['signs in as somebody else', { tried: password, ends: 'sign_in' }],
    ['fails to', { tried: wrongPassword, ends: 'sign_in_failed' }],
  ])('names its own user when whoever holds it %s', async (what, { tried, ends }) => {
    // As a fork's hook may do at each endpoint.
    const before = createAuthMiddleware(async (ctx) => void (await getSessionFromCtx(ctx)));
    const reading = await stack.start({ ...withCheapPasswords({}, { hooks: { before } }), now: clock.now });
    const [victim, other] = [`victim-${what.length}@example.com`, await settled(`other-${what.length}@example.com`)];
    const { thief, token } = await signedOut(victim);
    const device = reading.another();
    for (const [name, value] of thief.jar) device.jar.set(name, value);
    const { events, mails } = await noticed(() => signIn(device, other, { tried, sourceIp: abroad }));
    const victimId = decodeURIComponent(token).split('~')[0]!;
    const [reused] = events.filter(({ status_code }) => status_code === 'SIGNED_OUT_SESSION_USED');
    // Not the address of the other either.
    expect(reused?.user).toEqual({ uid: victimId });
    expect(reused?.session).toEqual({ uid: expect.stringContaining(victimId) });
    expect(mails).toContain(`session-reused to ${victim}`);
    expect(mails).not.toContain(`session-reused to ${other}`);
    const ended = events.find(({ event }) => event === ends);
    expect(ended).toMatchObject({ user: { email_hash: expect.any(String) } });
    expect(ended?.user).not.toMatchObject({ uid: victimId });
  });

  test('names its own user beside the good cookie of another one', async () => {
    const { token } = await signedOut('beside@example.com');
    const device = browser.another();
    await signIn(device, await settled('good@example.com'));
    const Authorization = `Bearer ${decodeURIComponent(token)}`;
    const { events, mails } = await noticed(() =>
      device.send({ path: '/api/auth/token', headers: { Authorization }, sourceIp: abroad }),
    );
    const uid = decodeURIComponent(token).split('~')[0];
    expect(events.find(({ event }) => event === 'suspicious_activity')?.user).toEqual({ uid });
    expect(mails).toEqual(['session-reused to beside@example.com']);
  });

  test('by another tab that has not heard of it is on record, and frightens nobody', async () => {
    const { thief } = await signedOut('tab@example.com');
    const tab = () => use(thief, { sourceIp: home, agent: firefox });
    expect(await noticed(tab)).toMatchObject({ reasons: ['SIGNED_OUT_SESSION_USED'], mails: [] });
    expect(await noticed(tab)).toMatchObject(nothing);
    clock.advance(11_000);
    expect(await noticed(tab)).toMatchObject({ reasons: ['SIGNED_OUT_SESSION_USED'], mails: [expect.any(String)] });
  });

  test('is forgotten after 30 days, and a cookie that nobody signed is no reason to look', async () => {
    const { thief } = await signedOut('late@example.com');
    clock.advance(30 * day);
    expect(await noticed(() => use(thief))).toMatchObject(nothing);
    const forged = await signedOut('forged@example.com');
    forged.thief.jar.set('__Host-auth.session_token', `${forged.token.slice(0, -8)}AAAAAAA%3D`);
    expect(await noticed(() => use(forged.thief))).toMatchObject(nothing);
  });

  test('revoked elsewhere, its own device learns of it and nobody is alarmed; a copy of it is told', async () => {
    const email = await settled('revoked@example.com');
    const [phone, laptop, copy] = [browser.another(), browser.another(), browser.another()];
    await signIn(phone, email, { agent: chrome });
    for (const [name, value] of phone.jar) copy.jar.set(name, value);
    await signIn(laptop, email);
    await laptop.send({ method: 'POST', path: '/api/auth/revoke-other-sessions', sourceIp: home });
    await stack.queued();
    expect(await noticed(() => use(phone, { sourceIp: '100.72.1.1', agent: chrome }))).toMatchObject(nothing);
    expect(await noticed(() => use(phone, { sourceIp: home, agent: firefox }))).toMatchObject(nothing);
    expect(await noticed(() => use(copy, { sourceIp: abroad, agent: 'curl/8.0' }))).toMatchObject({
      reasons: ['REVOKED_SESSION_USED'],
      mails: [`session-reused to ${email}`],
    });
  });
});

describe('a fork', () => {
  const asked: SuspiciousActivity[] = [];
  const deciding = (verdict: Verdict, more: Parameters<Stack['start']>[0] = {}) =>
    stack.start({
      ...withCheapPasswords(
        {},
        {
          detection: {
            onSuspicious: (activity) => {
              asked.push(activity);
              return verdict;
            },
          },
        },
      ),
      now: clock.now,
      ...more,
    });
  beforeEach(() => void asked.splice(0));

  test('blocks a suspicious sign-in as often as it is tried, and no other', async () => {
    const strict = await deciding('block');
    const email = await settled('blocked@example.com', strict);
    for (let time = 0; time < 2; time++) {
      let answer: Answer | undefined;
      const told = await noticed(async () => {
        answer = await signIn(strict.another(), email, { sourceIp: abroad });
      });
      expect(answer).toMatchObject({ status: 403, json: { code: 'SIGN_IN_BLOCKED' }, cookies: [] });
      expect(told).toMatchObject({ reasons: ['NEW_NETWORK'], mails: [`sign-in-blocked to ${email}`] });
      expect(told.events.map(({ event }) => event)).toEqual(['suspicious_activity', 'sign_in_failed']);
    }
    expect(asked[0]).toMatchObject({ reason: 'NEW_NETWORK', sourceIp: abroad, path: '/api/auth/sign-in/email' });
    expect(await signIn(strict.another(), email)).toMatchObject({ status: 200 });
  });

  test('asks for the second factor, which refuses those who have none', async () => {
    const strict = await deciding('step-up', { now: () => new Date() });
    const email = await settled('stepping@example.com', strict);
    expect(await signIn(strict.another(), email, { sourceIp: abroad })).toMatchObject({
      status: 403,
      json: { code: 'STEP_UP_REQUIRED' },
    });
    const { authenticator } = await memberWithSecondFactor(stack, strict.another(), 'steps@example.com');
    const device = strict.another();
    await signIn(device, 'steps@example.com');
    await verify(device, authenticator.code(), home, { trustDevice: true });
    const trusting = strict.another();
    for (const [name, value] of device.jar) if (/trust/.test(name)) trusting.jar.set(name, value);
    expect((await signIn(trusting, 'steps@example.com')).json).toMatchObject({ token: expect.any(String) });
    trusting.jar.delete('__Host-auth.device');
    const stepped = await signIn(trusting, 'steps@example.com', { sourceIp: abroad });
    expect(stepped.json).toMatchObject({ twoFactorRedirect: true });
  });

  test('decides what an outage of detection means; without it everybody gets in, on record', async () => {
    const broken = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
    broken.middlewareStack.add(
      (next) => async (args) => {
        if (JSON.stringify(args.input).includes('"places:')) throw new Error('injected');
        return next(args);
      },
      { step: 'initialize', priority: 'low' },
    );
    const strict = await deciding('block', { clients: { dynamodb: broken } });
    const email = await newMember(stack, strict, 'outage@example.com');
    await stack.queued();
    expect(await signIn(strict.another(), email)).toMatchObject({ status: 403, json: { code: 'SIGN_IN_BLOCKED' } });
    expect(asked).toMatchObject([{ reason: 'DETECTION_UNAVAILABLE' }]);

    const lenient = await stack.start({ ...withCheapPasswords({}), now: clock.now, clients: { dynamodb: broken } });
    let answer: Answer | undefined;
    const { events } = await noticed(async () => {
      answer = await signIn(lenient.another(), email);
    });
    expect(answer).toMatchObject({ status: 200 });
    expect(events.map(({ event }) => event).sort()).toEqual(['detection_unavailable', 'sign_in']);
    broken.destroy();
  });

  test('may do without detection, or without its mail', async () => {
    const off = await stack.start({ ...withCheapPasswords({}, { detection: { enabled: false } }), now: clock.now });
    const silent = await stack.start({ ...withCheapPasswords({}, { detection: { mail: false } }), now: clock.now });
    const email = await settled('off@example.com');
    expect(await noticed(() => signIn(off.another(), email, { sourceIp: abroad }))).toMatchObject(nothing);
    expect(await noticed(() => signIn(silent.another(), email, { sourceIp: abroad }))).toMatchObject({
      reasons: ['NEW_NETWORK'],
      mails: [],
    });
  });
});
