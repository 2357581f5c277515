import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../../support/stack.ts';

const breached = 'vexing quilt zephyr marzipan';
const digest = createHash('sha1').update(breached).digest('hex').toUpperCase();

let stack: Stack;
let ranges: Server;
let endpoint: string;
let down = false;
let asked = 0;
beforeAll(async () => {
  stack = await startStack();
  ranges = createServer(({ url }, response) => {
    asked++;
    const known = url === `/${digest.slice(0, 5)}` ? `${digest.slice(5)}:12\r\n` : '';
    response.writeHead(down ? 503 : 200).end(`${known}${'0'.repeat(35)}:0`);
  });
  await new Promise<void>((done) => ranges.listen(0, '127.0.0.1', done));
  endpoint = `http://127.0.0.1:${(ranges.address() as AddressInfo).port}`;
});
beforeEach(() => {
  down = false;
  asked = 0;
});
afterAll(async () => {
  await new Promise((done) => ranges.close(done));
  await stack.stop();
});

const start = (onUnavailable: 'allow' | 'deny') =>
  stack.start(withCheapPasswords({ breachCheck: { endpoint, onUnavailable, timeout: 5000 } }));
const signUp = (browser: Browser, email: string, secret = password) =>
  browser.another().post('/api/auth/sign-up/email', { name: 'Ada', email, password: secret });

const compromised = {
  status: 400,
  json: { code: 'PASSWORD_COMPROMISED', failedRules: [{ code: 'PASSWORD_COMPROMISED' }] },
};

describe('a password that is known from a breach', () => {
  test('is refused at sign-up, for a new address as for a known one, and at a change', async () => {
    const browser = await start('deny');
    await signedIn(stack, browser, 'known@example.com');
    expect(await signUp(browser, 'known@example.com', breached)).toMatchObject(compromised);
    expect(await signUp(browser, 'new@example.com', breached)).toMatchObject(compromised);
    const change = { currentPassword: password, newPassword: breached };
    expect(await browser.post('/api/auth/change-password', change)).toMatchObject(compromised);
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ json: { user: {} } });
  });

  test('is not asked about before it meets the other rules, nor at sign-in', async () => {
    const browser = await start('deny');
    await signUp(browser, 'short@example.com', 'short');
    await browser.post('/api/auth/sign-in/email', { email: 'nobody@example.com', password: breached });
    expect(asked).toBe(0);
  });

  test('is accepted while the check is off, which it is by default', async () => {
    expect(await signUp(await stack.start(withCheapPasswords()), 'off@example.com', breached)).toMatchObject({
      status: 200,
    });
    expect(asked).toBe(0);
  });
});

describe('while the service is down', () => {
  test("onUnavailable 'allow' accepts the password, and both are on record", async () => {
    const browser = await start('allow');
    down = true;
    const output = await captureLogs(async () => {
      expect(await signUp(browser, 'allow@example.com', breached)).toMatchObject({ status: 200 });
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'breach_check_unavailable' }, { event: 'sign_up' }]);
  });

  test("onUnavailable 'deny' answers 503, on record", async () => {
    const browser = await start('deny');
    down = true;
    const output = await captureLogs(async () => {
      const answer = await signUp(browser, 'deny@example.com');
      expect(answer).toMatchObject({ status: 503, json: { code: 'BREACH_CHECK_UNAVAILABLE' }, cookies: [] });
    });
    expect(auditEvents(output)).toMatchObject([
      { event: 'breach_check_unavailable', status_code: 'BREACH_CHECK_UNAVAILABLE' },
    ]);
    expect((await stack.queued()).map(({ to }) => to)).not.toContain('deny@example.com');
  });
});
