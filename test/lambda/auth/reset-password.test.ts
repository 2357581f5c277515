import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { resetToken } from '../../support/accounts.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Containers, startContainers } from '../../support/containers.ts';
import { proxyEvent } from '../../support/event.ts';
import { challenged, isSignedIn, memberWithSecondFactor, verifyTotp } from '../../support/second-factor.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start(withCheapPasswords());
});
afterAll(() => stack.stop());

const newPassword = 'another correct battery';
const ask = (email: string) =>
  browser.another().post('/api/auth/request-password-reset', { email, redirectTo: '/new-password' });
const reset = (token: string, secret = newPassword, from = browser) =>
  from.another().post('/api/auth/reset-password', { token, newPassword: secret });
const signIn = (email: string, secret: string) =>
  browser.another().post('/api/auth/sign-in/email', { email, password: secret });

describe('a reset of the password', () => {
  test('ends every session, and works once', async () => {
    const email = 'once@example.com';
    const device = browser.another();
    await signedIn(stack, device, email);
    const other = browser.another();
    await other.post('/api/auth/sign-in/email', { email, password });
    await ask(email);
    const token = await resetToken(stack);
    expect(await reset(token)).toMatchObject({ status: 200, cookies: [] });
    for (const each of [device, other]) expect(await isSignedIn(each)).toBe(false);
    expect(await signIn(email, password)).toMatchObject({ status: 401 });
    expect(await signIn(email, newPassword)).toMatchObject({ status: 200 });
    const output = await captureLogs(async () => {
      expect(await reset(token)).toMatchObject({ status: 400, json: { code: 'INVALID_TOKEN' } });
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'password_reset_failed', status_code: 'INVALID_TOKEN' }]);
  });

  test('works for a quarter of an hour', async () => {
    let minutes = 0;
    const start = Date.now();
    const later = await stack.start({ ...withCheapPasswords(), now: () => new Date(start + minutes * 60_000) });
    const email = 'expires@example.com';
    await signedIn(stack, browser.another(), email);
    await ask(email);
    const token = await resetToken(stack);
    minutes = 16;
    expect(await reset(token, newPassword, later)).toMatchObject({ status: 400, json: { code: 'INVALID_TOKEN' } });
    minutes = 14;
    expect(await reset(token, newPassword, later)).toMatchObject({ status: 200 });
  });

  test('signs nobody in, and the next sign-in asks for the second factor all the same', async () => {
    const member = await memberWithSecondFactor(stack, browser.another(), 'second@example.com');
    await ask(member.email);
    const resetting = browser.another();
    const answer = await resetting.post('/api/auth/reset-password', {
      token: await resetToken(stack),
      newPassword: password,
    });
    expect(answer).toMatchObject({ status: 200, cookies: [] });
    const device = await challenged(member);
    expect(await isSignedIn(device)).toBe(false);
    expect(await verifyTotp(device, member.authenticator.code())).toMatchObject({ status: 200 });
    expect(await isSignedIn(device)).toBe(true);
  });

  test('of an unknown address answers the same, and leads to a message that the mailer drops', async () => {
    await signedIn(stack, browser.another(), 'known@example.com');
    const answers = [await ask('known@example.com'), await ask('Nobody@example.com')];
    const { requestId: _, ...body } = answers[0]!.json;
    expect(answers.map(({ status, json }) => ({ status, json }))).toMatchObject([
      { status: 200, json: body },
      { status: 200, json: body },
    ]);
    expect([...answers[0]!.headers.keys()]).toEqual([...answers[1]!.headers.keys()]);
    const [mail, decoy] = await stack.queued();
    expect(mail).not.toHaveProperty('discard');
    expect(decoy).toMatchObject({ kind: 'reset-password', to: 'nobody@example.com', discard: true });
    // As long as the other, and as worthless as any token of nobody.
    expect(decoy!.url).toHaveLength(mail!.url!.length);
    const [, token] = /reset-password\/([^?]+)/.exec(decoy!.url!)!;
    expect(await reset(token!)).toMatchObject({ status: 400 });
  });

  test('redirects to trusted origins only', async () => {
    const body = { email: 'known@example.com', redirectTo: 'https://evil.example.net/' };
    const answer = await browser.another().post('/api/auth/request-password-reset', body);
    expect(answer).toMatchObject({ status: 403 });
    expect(await stack.queued()).toEqual([]);
  });

  test('succeeds once for a token, however many processes try at the same moment', async () => {
    const containers = await startContainers(stack, 3);
    try {
      let contested = false;
      for (let heat = 0; heat < 10 && !contested; heat++) {
        const winners = await raceForTokens(containers, heat);
        // More than one process won in the same heat: they did race.
        contested = new Set(winners).size > 1;
      }
      expect(contested).toBe(true);
    } finally {
      await containers.stop();
    }
  });
});

const tokensOfHeat = 9;

/** Every container resets every password, each in an order of its own. @returns who won which */
async function raceForTokens(containers: Containers, heat: number): Promise<number[]> {
  const emails = Array.from({ length: tokensOfHeat }, (_, i) => `parallel-${heat}-${i}@example.com`);
  const tokens: string[] = [];
  for (const email of emails) {
    await signedIn(stack, browser.another(), email);
    await ask(email);
    tokens.push(await resetToken(stack));
  }
  const order = (container: number) => tokens.map((_, i) => (i + container * 3) % tokensOfHeat);
  const answers = await containers.race((container) =>
    order(container).map((i) =>
      proxyEvent({
        method: 'POST',
        path: '/api/auth/reset-password',
        sourceIp: `203.0.${container}.${heat * tokensOfHeat + i}`,
        body: { token: tokens[i], newPassword: `${newPassword} ${container}` },
      }),
    ),
  );
  const answersOf = (i: number) => answers.map((each, container) => each[order(container).indexOf(i)]!);
  return Promise.all(
    emails.map(async (email, i) => {
      const statuses = answersOf(i).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual([200, 400, 400]);
      const losers = answersOf(i).filter(({ status }) => status === 400);
      expect(losers).toMatchObject([{ json: { code: 'INVALID_TOKEN' } }, { json: { code: 'INVALID_TOKEN' } }]);
      const winner = statuses.indexOf(200);
      expect(await signIn(email, `${newPassword} ${winner}`)).toMatchObject({ status: 200 });
      return winner;
    }),
  );
}
