import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthEndpoint, setPassword } from 'better-auth/api';
import { administrator, forgetPassword, resetToken } from '../../support/accounts.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { password, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const weak = 'Ada@lovelace99';
const refused = { status: 400, json: { code: 'PASSWORD_TOO_WEAK' }, cookies: [] };

describe('a sign-up', () => {
  test.each([
    ['short', 'Zq7!x', ['PASSWORD_TOO_SHORT', 'PASSWORD_TOO_WEAK']],
    ['common', 'password1234', ['PASSWORD_TOO_WEAK']],
    ['about its owner', 'rules-rules-2024', ['PASSWORD_TOO_WEAK']],
    ['about the product', 'ourtestproduct1', ['PASSWORD_TOO_WEAK']],
    ['long', 'correct horse battery staple '.repeat(5), ['PASSWORD_TOO_LONG']],
  ])('with a password that is %s says by code which rules it breaks', async (_, secret, codes) => {
    const browser = await stack.start(withCheapPasswords({}, { appName: 'Our Test Product' }));
    const body = { name: 'Rules', email: 'rules@example.com', password: secret };
    const answer = await browser.post('/api/auth/sign-up/email', body);
    expect(answer).toMatchObject({ status: 400, json: { code: codes[0], message: expect.any(String) } });
    expect(answer.json.failedRules.map(({ code }: { code: string }) => code)).toEqual(codes);
  });

  test('tells a client what each rule asks for, and records the first', async () => {
    const browser = await stack.start(withCheapPasswords({ classes: ['uppercase', 'digit', 'symbol'] }));
    const body = { name: 'Rules', email: 'rules@example.com', password: 'aaaa bbbb' };
    const output = await captureLogs(async () => {
      expect(await browser.post('/api/auth/sign-up/email', body)).toMatchObject({
        json: {
          failedRules: [
            { code: 'PASSWORD_TOO_SHORT', minLength: 12 },
            { code: 'PASSWORD_MISSING_CLASS', class: 'uppercase' },
            { code: 'PASSWORD_MISSING_CLASS', class: 'digit' },
            { code: 'PASSWORD_TOO_WEAK', strength: expect.any(Number), minStrength: 3 },
          ],
        },
      });
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'sign_up_failed', status_code: 'PASSWORD_TOO_SHORT' }]);
    expect(output).not.toContain(body.password);
  });

  test.each([
    ['12 code points outside the basic plane', '🦊🐢🚲🎻🧭🪐🧀🪴🛶🥁🧩🪁'],
    ['128 characters', 'correct horse battery staple, and then some more of the same: '.repeat(3).slice(0, 128)],
    ['no digit and no symbol', 'correct horse battery staple'],
  ])('takes %s', async (_, secret) => {
    const browser = await stack.start(withCheapPasswords());
    const body = { name: 'Rules', email: `rules-${secret.length}@example.com`, password: secret };
    expect(await browser.post('/api/auth/sign-up/email', body)).toMatchObject({ status: 200 });
  });

  test('with preset nist needs 15 characters', async () => {
    const browser = await stack.start(withCheapPasswords({ preset: 'nist' }));
    const body = { name: 'Rules', email: 'nist@example.com', password: 'Zq7!xKw93-mVt' };
    const answer = await browser.post('/api/auth/sign-up/email', body);
    expect(answer.json.failedRules).toEqual([{ code: 'PASSWORD_TOO_SHORT', minLength: 15 }]);
  });
});

describe('the same rules hold', () => {
  test('for a changed password', async () => {
    const browser = await stack.start(withCheapPasswords());
    await signedIn(stack, browser, 'ada.lovelace@example.com');
    const body = { currentPassword: password, newPassword: weak };
    expect(await browser.post('/api/auth/change-password', body)).toMatchObject(refused);
  });

  test('for a reset one, whose token stays good for another try', async () => {
    const browser = await stack.start(withCheapPasswords());
    const email = 'lovelace@ada.example.com';
    await signedIn(stack, browser, email);
    await browser.post('/api/auth/request-password-reset', { email, redirectTo: '/new-password' });
    const token = await resetToken(stack);
    const reset = (newPassword: string) => browser.post('/api/auth/reset-password', { token, newPassword });
    expect(await reset(weak)).toMatchObject(refused);
    expect(await reset('another correct battery')).toMatchObject({ status: 200 });
    expect(await reset('another correct battery')).toMatchObject({ status: 400, json: { code: 'INVALID_TOKEN' } });
  });

  test('for those that administrators set', async () => {
    const browser = await stack.start(withCheapPasswords({ setByAdministrators: true }));
    await administrator(stack, browser, 'root@example.com');
    const user = { name: 'Ada', email: 'ada@lovelace.example.com', role: 'user' };
    const create = (secret: string) => browser.post('/api/auth/admin/create-user', { ...user, password: secret });
    expect(await create(weak)).toMatchObject({ status: 400, json: { code: 'PASSWORD_TOO_WEAK' } });
    const created = await create(password);
    expect(created).toMatchObject({ status: 200 });
    const body = { userId: created.json.user.id, newPassword: weak };
    expect(await browser.post('/api/auth/admin/set-user-password', body)).toMatchObject({
      status: 400,
      json: { code: 'PASSWORD_TOO_WEAK' },
    });
  });
});

test('they hold in endpoints of plugins too, and for a user who sets a first password', async () => {
  const endpoint = createAuthEndpoint('/plugin/password', { method: 'POST' }, async ({ context, body }) => {
    await context.password.hash((body as { secret: string }).secret);
    return { ok: true };
  });
  const first = createAuthEndpoint('/plugin/first', { method: 'POST' }, async (ctx) =>
    setPassword({ ...ctx, body: ctx.body as { newPassword: string } }),
  );
  const plugin = { id: 'plugin', endpoints: { endpoint, first } };
  const browser = await stack.start(withCheapPasswords({}, { plugins: [plugin] }));
  const { json } = await signedIn(stack, browser, 'ada.lovelace@plugin.example.com');
  expect(await browser.post('/api/auth/plugin/password', { secret: 'password1234' })).toMatchObject(refused);
  expect(await browser.post('/api/auth/plugin/password', { secret: password })).toMatchObject({ status: 200 });
  await forgetPassword(stack, json.user.id);
  expect(await browser.post('/api/auth/plugin/first', { newPassword: weak })).toMatchObject(refused);
  expect(await browser.post('/api/auth/plugin/first', { newPassword: password })).toMatchObject({ status: 200 });
});

test('a wrong password is wrong, whatever rules it breaks', async () => {
  const browser = await stack.start(withCheapPasswords());
  for (const secret of ['short', 'password1234']) {
    const body = { email: 'nobody@example.com', password: secret };
    const answer = await browser.post('/api/auth/sign-in/email', body);
    expect(answer).toMatchObject({ status: 401, json: { code: 'INVALID_EMAIL_OR_PASSWORD' } });
  }
});

test.each([
  [{ minLength: 7 }, 'passwords.minLength is 7'],
  [{ preset: 'nist', minLength: 12 } as const, 'passwords.minLength is 12'],
  [{ cost: { N: 2 ** 14, r: 8, p: 1 } }, 'passwords.cost is N 16384, r 8, p 1'],
  [{ breachCheck: { onUnavailable: 'maybe' as 'allow' } }, 'passwords.breachCheck has onUnavailable "maybe"'],
])('the function refuses to start with %j', async (passwords, message) => {
  await expect(stack.start({ options: { passwords } })).rejects.toThrow(message);
});
