import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Browser, frozenClock, origin, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start({ ...withCheapPasswords(), now: frozenClock() });
});
afterAll(() => stack.stop());

test('a stolen session does not guess its user’s password from many addresses', async () => {
  await signedIn(stack, browser, 'ada@example.com');
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const guess = (n: number) =>
    browser.another().send({
      method: 'POST',
      path: '/api/auth/change-password',
      body: { currentPassword: `not the password ${n}`, newPassword: 'a quite new pass phrase 7' },
      headers: { Cookie: cookie, Origin: origin },
    });
  const answers = await Promise.all(Array.from({ length: 25 }, (_, n) => guess(n)));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(20).fill(400), ...Array(5).fill(429)]);
});
