import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { getSession, signIn, startWith } from './sessions.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

test('each sign-in has a token of its own with 192 random bits, in the same browser too', async () => {
  const email = 'again@example.com';
  const { browser } = await startWith(stack);
  const { id } = (await signedIn(stack, browser, email)).json.user;
  const tokens = new Set<string>();
  for (let i = 0; i < 4; i++) {
    await signIn(browser, email);
    const [user, secret] = (await getSession(browser)).json.session.token.split('~');
    expect(user).toBe(id);
    expect(secret).toMatch(/^[\w-]{32}$/);
    tokens.add(secret);
  }
  expect(tokens.size).toBe(4);
});
