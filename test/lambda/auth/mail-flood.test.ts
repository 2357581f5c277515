import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { frozenClock, password, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

test('an address gets three mails of a kind in an hour, however many sources ask, and nobody can tell', async () => {
  const browser = await stack.start({ now: frozenClock() });
  const email = 'flooded@example.com';
  await signedIn(stack, browser, email);
  const answers = [];
  for (let request = 0; request < 6; request++) {
    const stranger = browser.another();
    answers.push(await stranger.post('/api/auth/request-password-reset', { email }));
    answers.push(await stranger.post('/api/auth/sign-up/email', { name: 'F', email, password }));
    answers.push(await stranger.post('/api/auth/sign-in/email', { email, password: 'wrong password here' }));
  }
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => [200, 200, 401]).flat());
  const kinds = (await stack.mails()).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'reset-password')).toHaveLength(3);
  expect(kinds.filter((kind) => kind === 'existing-account')).toHaveLength(3);
});

test('signing in to an unverified account sends no mail', async () => {
  const browser = await stack.start();
  const body = { email: 'unverified@example.com', password };
  await browser.post('/api/auth/sign-up/email', { ...body, name: 'U' });
  for (let request = 0; request < 3; request++) await browser.post('/api/auth/sign-in/email', body);
  expect(await stack.mails()).toHaveLength(1);
});
