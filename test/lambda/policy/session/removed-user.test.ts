import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { administrator } from '../../../support/accounts.ts';
import { type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { anotherDevice, getSession, isSignedIn, signIn, startWith } from './sessions.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

test('a user whom an administrator removes is signed out everywhere at once, and does not get in again', async () => {
  const email = 'leaver@example.com';
  const { browser } = await startWith(stack);
  await signedIn(stack, browser, email);
  const other = await anotherDevice(browser, email);
  const office = browser.another();
  await administrator(stack, office, 'office@example.com');
  const { userId } = (await getSession(browser)).json.session;
  expect(await office.post('/api/auth/admin/remove-user', { userId })).toMatchObject({ status: 200 });
  expect([await isSignedIn(browser), await isSignedIn(other)]).toEqual([false, false]);
  expect(await signIn(browser.another(), email)).toMatchObject({ status: 401 });
});

test.each([
  ['/api/auth/change-email', { newEmail: 'mallory@example.com' }],
  ['/api/auth/delete-user', {}],
])(
  '%s is closed unless a fork opens it: a session alone changes no address and deletes no user',
  async (path, body) => {
    const { browser } = await startWith(stack);
    const email = `owner${path.replaceAll('/', '-')}@example.com`;
    await signedIn(stack, browser, email);
    const answer = await browser.post(path, body);
    expect([400, 404]).toContain(answer.status);
    expect(await getSession(browser)).toMatchObject({ json: { user: { email } } });
  },
);
