import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import {
  type Answer,
  type Browser,
  frozenClock,
  password,
  type Stack,
  signedIn,
  startStack,
  trustedOrigin,
} from '../../support/stack.ts';

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  const socialProviders = { github: { clientId: 'id', clientSecret: 'secret' } };
  browser = await stack.start({ ...withCheapPasswords({}, { socialProviders }), now: frozenClock() });
  await signedIn(stack, browser, 'targets@example.com');
});
afterAll(() => stack.stop());

const email = 'targets@example.com';

/** Where each parameter is read, in the body or in the query. */
const places: [string, string, (value: unknown) => Promise<Answer>][] = [
  ...(
    [
      ['/sign-in/email', 'callbackURL', { email, password }],
      ['/sign-up/email', 'callbackURL', { name: 'A', email: 'x@example.com', password }],
      ['/sign-in/social', 'callbackURL', { provider: 'github' }],
      ['/sign-in/social', 'errorCallbackURL', { provider: 'github' }],
      ['/sign-in/social', 'newUserCallbackURL', { provider: 'github' }],
      ['/link-social', 'callbackURL', { provider: 'github' }],
      ['/request-password-reset', 'redirectTo', { email }],
      ['/send-verification-email', 'callbackURL', { email }],
      ['/change-email', 'callbackURL', { newEmail: 'new@example.com' }],
      ['/delete-user', 'callbackURL', {}],
    ] as const
  ).map(
    ([path, name, body]) =>
      [`POST ${path}`, name, (value: unknown) => send('POST', path, { ...body, [name]: value })] as [
        string,
        string,
        (value: unknown) => Promise<Answer>,
      ],
  ),
  ...(
    [
      ['/verify-email', 'callbackURL', { token: 'x' }],
      ['/reset-password/token', 'callbackURL', {}],
      ['/delete-user/callback', 'callbackURL', { token: 'x' }],
      ['/get-session', 'redirectTo', {}],
    ] as const
  ).map(
    ([path, name, query]) =>
      [`GET ${path}`, name, (value: unknown) => send('GET', path, undefined, { ...query, [name]: String(value) })] as [
        string,
        string,
        (value: unknown) => Promise<Answer>,
      ],
  ),
];

function send(method: string, path: string, body?: object, query: Record<string, string> = {}): Promise<Answer> {
  const visitor = browser.another();
  for (const [name, value] of browser.jar) visitor.jar.set(name, value);
  const multi = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]]));
  const headers: Record<string, string> = method === 'GET' ? {} : { Origin: trustedOrigin };
  return visitor.send({ method, path: `/api/auth${path}`, body, query: multi, headers });
}

/** One of each kind; every known spelling is tried on the list itself. */
const evil = [
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\n/evil.example',
  '/%2fevil.example',
  'javascript://app.example.com/%0aalert(1)',
  'https://app.example.com@evil.example/',
];

test.each(places)('%s refuses a %s that leads elsewhere, and audits it', async (_, name, ask) => {
  const wrong: unknown[] = [];
  const output = await captureLogs(async () => {
    for (const value of evil) {
      const answer = await ask(value);
      const location = answer.headers.get('location');
      if (answer.status !== 403 || location !== null) wrong.push([value, answer.status, answer.json, location]);
    }
  });
  expect(wrong).toEqual([]);
  const events = auditEvents(output);
  expect(events).toHaveLength(evil.length);
  const status_code = expect.stringMatching(/^INVALID_.*(CALLBACK|REDIRECT)_URL$/);
  for (const event of events) expect(event).toMatchObject({ event: 'origin_rejected', status_code });
  expect(name).toMatch(/URL|redirectTo/);
});

test.each(places)('%s takes a %s of ours', async (_, _name, ask) => {
  for (const value of ['/welcome', `${trustedOrigin}/welcome?x=1`]) {
    expect(String((await ask(value)).json?.code)).not.toMatch(/CALLBACK_URL|REDIRECT_URL/);
  }
});

test('a parameter that is no text, or given twice, is refused', async () => {
  for (const value of [['/ok', 'https://evil.example'], { toString: 'x' }, 7]) {
    const answer = await send('POST', '/sign-in/email', { email, password, callbackURL: value });
    expect([400, 403]).toContain(answer.status);
    expect(answer.cookies).toEqual([]);
  }
});
