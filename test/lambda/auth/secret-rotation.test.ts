import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient as SecretsManager,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withNextVersion } from '../../../lambda/secrets/next-versions.ts';
import { publishingDelay } from '../../../lambda/secrets/secret-ring.ts';
import { formatSecret, parseSecret } from '../../../lambda/secrets/secret-versions.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { challenged, isSignedIn, memberWithSecondFactor, verifyTotp } from '../../support/second-factor.ts';
import { type Browser, password, pathOf, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';
import { days, minutes, passTime, startClock, stopClock } from '../../support/travel.ts';

let stack: Stack;
beforeEach(async () => {
  stopClock();
  stack = await startStack();
});
afterEach(async () => {
  await stack.stop();
  startClock();
});

const SecretId = 'auth';

async function rotate(options: { leaked?: boolean } = {}): Promise<void> {
  const { SecretString = '' } = await stack.clients.secretsManager.send(new GetSecretValueCommand({ SecretId }));
  const versions = withNextVersion(parseSecret(SecretString), new Date(), options);
  await stack.clients.secretsManager.send(
    new PutSecretValueCommand({ SecretId, SecretString: formatSecret(versions) }),
  );
}

/** Until the new version signs. */
const untilInUse = publishingDelay;

/** A container whose reads of the secret are counted, and can fail. */
async function container(options: object = {}) {
  const state = { reads: 0, down: false };
  const secretsManager: SecretsManager = new SecretsManagerClient({ ...awsConfig(stack.awsEndpoint), maxAttempts: 1 });
  secretsManager.middlewareStack.add(
    (next) => (args) => {
      state.reads++;
      return state.down ? Promise.reject(new Error('injected')) : next(args);
    },
    { step: 'initialize' },
  );
  const browser = await stack.start({ ...withCheapPasswords({}, options), clients: { secretsManager } });
  return { browser, state };
}

function moveTo(container: Browser, browser: Browser): Browser {
  const moved = container.another();
  for (const [name, value] of browser.jar) moved.jar.set(name, value);
  return moved;
}

const sessionCookie = '__Host-auth.session_token';
const signatureOf = (browser: Browser) =>
  decodeURIComponent(browser.jar.get(sessionCookie) ?? '')
    .split('.')
    .at(-1);

describe('a client that is signed in stays so while the secret changes', () => {
  test('its cookie is accepted, signed anew and sent, and lasts beyond the old secret', async () => {
    const { browser } = await container();
    await signedIn(stack, browser, 'stays@example.com');
    const before = signatureOf(browser);
    await rotate();
    expect(await isSignedIn(browser)).toBe(true);
    expect(signatureOf(browser)).toBe(before);
    passTime(untilInUse);
    const answer = await browser.get('/api/auth/get-session');
    expect(answer.json).toMatchObject({ user: { email: 'stays@example.com' } });
    expect(answer.cookies.join()).toMatch(
      /session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax/,
    );
    expect(signatureOf(browser)).not.toBe(before);
    expect((await browser.get('/api/auth/get-session')).cookies).toEqual([]);
    for (let day = 0; day < 8; day++) {
      passTime(1 * days);
      expect(await isSignedIn(browser)).toBe(true);
    }
  });

  test('whichever container answers: one that knows the new secret, or one that does not yet', async () => {
    const one = await container();
    const other = await container();
    await signedIn(stack, one.browser, 'both@example.com');
    await rotate();
    passTime(untilInUse);
    // Nothing was asked of the other meanwhile: it reads the secret before it answers.
    await one.browser.get('/api/auth/get-session');
    expect(await isSignedIn(moveTo(other.browser, one.browser))).toBe(true);
    expect([one.state.reads, other.state.reads]).toEqual([2, 2]);
    // And back, with a cookie that the old secret signed.
    const late = await container();
    await signedIn(stack, late.browser, 'late@example.com');
    expect(await isSignedIn(moveTo(one.browser, late.browser))).toBe(true);
  });

  test('containers that read the secret regularly know the new one before it signs', async () => {
    const one = await container();
    await signedIn(stack, one.browser, 'regular@example.com');
    await rotate();
    const before = signatureOf(one.browser);
    for (let minute = 0; minute < 14; minute++) {
      passTime(1 * minutes);
      await one.browser.get('/api/auth/get-session');
    }
    expect(signatureOf(one.browser)).toBe(before);
    passTime(1 * minutes);
    one.state.down = true;
    await one.browser.get('/api/auth/get-session');
    expect(signatureOf(one.browser)).not.toBe(before);
  });

  test('through several rotations, each before the last one has ended', async () => {
    const { browser } = await container();
    await signedIn(stack, browser, 'several@example.com');
    for (let i = 0; i < 4; i++) {
      await rotate();
      passTime(untilInUse + 2 * days);
      await browser.get('/api/auth/get-session');
      expect(await isSignedIn(browser)).toBe(true);
    }
  });

  test('its bearer token is accepted, and a new one handed out', async () => {
    const { browser } = await container({ sessions: { expiresIn: 20 * days } });
    const signIn = await signedIn(stack, browser, 'bearer@example.com');
    const token = signIn.headers.get('set-auth-token')!;
    const client = browser.another();
    const ask = (bearer: string) =>
      client.send({ path: '/api/auth/get-session', headers: { Authorization: `Bearer ${bearer}` } });
    await rotate();
    passTime(untilInUse);
    const answer = await ask(token);
    client.jar.clear();
    expect(answer.json).toMatchObject({ user: { email: 'bearer@example.com' } });
    const renewed = answer.headers.get('set-auth-token')!;
    expect(renewed).toMatch(/^\S+$/);
    expect(renewed).not.toBe(token);
    passTime(8 * days);
    expect((await ask(renewed)).json).not.toBeNull();
    client.jar.clear();
    expect((await ask(token)).json).toBeNull();
  });

  test('a session that is not remembered stays one', async () => {
    const { browser } = await container();
    await signedIn(stack, browser, 'forget@example.com');
    const device = browser.another();
    await device.post('/api/auth/sign-in/email', { email: 'forget@example.com', password, rememberMe: false });
    await rotate();
    passTime(untilInUse);
    const { json, cookies } = await device.get('/api/auth/get-session');
    expect(json).not.toBeNull();
    expect(cookies.filter((cookie) => /session_token|dont_remember/.test(cookie))).toHaveLength(2);
    expect(cookies.join()).not.toMatch(/Max-Age/);
  });

  test('a sign-out is a sign-out: no cookie comes back', async () => {
    const { browser } = await container();
    await signedIn(stack, browser, 'out@example.com');
    await rotate();
    passTime(untilInUse);
    const { cookies } = await browser.post('/api/auth/sign-out');
    expect(cookies.filter((cookie) => cookie.startsWith(`${sessionCookie}=`))).toEqual([
      expect.stringContaining('Max-Age=0'),
    ]);
  });
});

describe('the old secret', () => {
  test('stops counting 7 days after another one signs, and not before', async () => {
    const { browser } = await container({ sessions: { expiresIn: 20 * days } });
    await signedIn(stack, browser, 'ends@example.com');
    const early = moveTo(browser, browser);
    await rotate();
    passTime(untilInUse + 7 * days - 1);
    expect(await isSignedIn(early)).toBe(true);
    passTime(1);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await isSignedIn(early)).toBe(true);
  });

  test('stops counting after the time that is set', async () => {
    const { browser } = await container({ secrets: { acceptPrevious: 60 } });
    await signedIn(stack, browser, 'minute@example.com');
    const late = moveTo(browser, browser);
    await rotate();
    passTime(untilInUse);
    await browser.get('/api/auth/get-session');
    passTime(60);
    expect(await isSignedIn(late)).toBe(false);
  });

  test('that has leaked stops counting at once, in every container within minutes', async () => {
    const { browser } = await container();
    await signedIn(stack, browser, 'leak@example.com');
    await rotate({ leaked: true });
    passTime(5 * minutes);
    // This answer is the last of the old copy.
    await browser.get('/api/auth/get-session');
    expect(await isSignedIn(browser)).toBe(false);
    expect(await browser.post('/api/auth/sign-in/email', { email: 'leak@example.com', password })).toMatchObject({
      status: 200,
    });
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('what else the old secret made', () => {
  test('a second factor’s code, backup codes and a challenge half way', async () => {
    const { browser } = await container();
    const member = await memberWithSecondFactor(stack, browser, 'factor@example.com');
    await rotate();
    passTime(untilInUse - 1);
    await browser.get('/api/auth/get-session');
    const halfWay = await challenged(member);
    passTime(1);
    expect(await verifyTotp(halfWay, member.authenticator.code())).toMatchObject({ status: 200 });
    expect(await isSignedIn(halfWay)).toBe(true);
    const withCode = await challenged(member);
    const code = member.backupCodes[0];
    expect(await withCode.post('/api/auth/two-factor/verify-backup-code', { code })).toMatchObject({ status: 200 });
    expect(await isSignedIn(withCode)).toBe(true);
  });

  test('a trusted device', async () => {
    const { browser } = await container();
    const member = await memberWithSecondFactor(stack, browser, 'trusted@example.com');
    const device = await challenged(member);
    await verifyTotp(device, member.authenticator.code(), { trustDevice: true });
    await rotate();
    passTime(untilInUse + 8 * days);
    await device.get('/api/auth/get-session');
    const { json } = await device.post('/api/auth/sign-in/email', { email: member.email, password });
    expect(json).not.toHaveProperty('twoFactorRedirect');
  });

  test('a verification link that has been mailed', async () => {
    const { browser } = await container();
    await browser.post('/api/auth/sign-up/email', { name: 'Ada', email: 'mailed@example.com', password });
    await rotate();
    passTime(untilInUse);
    await browser.get('/api/auth/get-session');
    const [mail] = await stack.mails();
    expect(await browser.get(pathOf(mail?.url))).toMatchObject({ status: 302 });
    expect(await browser.post('/api/auth/sign-in/email', { email: 'mailed@example.com', password })).toMatchObject({
      status: 200,
    });
  });
});

describe('a made-up signature', () => {
  test('authenticates nothing, and has the secret read once in half a minute at most', async () => {
    const { browser, state } = await container();
    await signedIn(stack, browser, 'made-up@example.com');
    const [value] = decodeURIComponent(browser.jar.get(sessionCookie)!).split('.');
    passTime(30);
    const before = state.reads;
    for (let i = 0; i < 10; i++) {
      const signature = Buffer.alloc(32, i).toString('base64');
      browser.jar.set(sessionCookie, encodeURIComponent(`${value}.${signature}`));
      expect(await isSignedIn(browser)).toBe(false);
    }
    expect(state.reads - before).toBe(1);
  });
});

describe('Secrets Manager that is down', () => {
  test('changes nothing for a container that has read the secret', async () => {
    const { browser, state } = await container();
    await signedIn(stack, browser, 'down@example.com');
    state.down = true;
    passTime(1 * days);
    const output = await captureLogs(async () => expect(await isSignedIn(browser)).toBe(true));
    expect(output).toContain('the auth secret cannot be read anew');
    expect(auditEvents(output)).toEqual([]);
    expect(state.reads).toBe(2);
    await isSignedIn(browser);
    expect(state.reads).toBe(2);
  });
});

test('the pseudonym of an address in the audit log stays', async () => {
  const { browser } = await container();
  const hashOf = async () => {
    const output = await captureLogs(() =>
      browser.post('/api/auth/sign-in/email', { email: 'p@example.com', password }),
    );
    return (auditEvents(output)[0] as unknown as { user: { email_hash: string } }).user.email_hash;
  };
  const before = await hashOf();
  await rotate();
  passTime(untilInUse);
  await browser.get('/api/auth/get-session');
  expect(await hashOf()).toBe(before);
});

test('a container that has just read the old secret reads again when it meets the new one’s signature', async () => {
  const one = await container();
  const other = await container();
  await signedIn(stack, one.browser, 'leaked@example.com');
  await rotate({ leaked: true });
  passTime(5 * minutes);
  await one.browser.get('/api/auth/get-session');
  await one.browser.post('/api/auth/sign-in/email', { email: 'leaked@example.com', password });
  const moved = moveTo(other.browser, one.browser);
  // In parallel: one read serves all.
  const states = await Promise.all([1, 2, 3].map(() => isSignedIn(moved)));
  expect(states).toEqual([true, true, true]);
  expect(other.state.reads).toBe(2);
});
