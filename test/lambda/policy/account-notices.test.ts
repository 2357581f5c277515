import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint, sensitiveSessionMiddleware } from 'better-auth/api';
import { username } from 'better-auth/plugins';
import type { AuthOptions } from '../../../lambda/auth/auth-options.ts';
import type { AccountChange } from '../../../lambda/policy/account-notices/account-notice-options.ts';
import { administrator, resetToken } from '../../support/accounts.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { authenticatorOf, verifyTotp } from '../../support/second-factor.ts';
import { callBack, home, type Providers, person, socialSignIn, startProviders } from '../../support/social.ts';
import { type Browser, password, pathOf, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';

let stack: Stack;
let providers: Providers;
let container: Browser;
let people = 0;
beforeAll(async () => {
  stack = await startStack();
  providers = await startProviders(stack);
  container = await start();
});
afterAll(async () => {
  await providers.stop();
  await stack.stop();
});

/** Where the real plugin has them; its own suite installs it apart. */
const passkeys: BetterAuthPlugin = {
  id: 'passkey-stand-in',
  endpoints: Object.fromEntries(
    ['/passkey/verify-registration', '/passkey/delete-passkey', '/passkey/update-passkey'].map((path) => [
      path,
      createAuthEndpoint(path, { method: 'POST', use: [sensitiveSessionMiddleware] }, async ({ json }) => json({})),
    ]),
  ),
};

async function start(options: AuthOptions = {}, clients: Parameters<Stack['start']>[0] = {}): Promise<Browser> {
  const { plugins, ...social } = providers.options({
    user: { changeEmail: { enabled: true } },
    passwords: { setByAdministrators: true },
    ...options,
  });
  const all: AuthOptions['plugins'] = async (context) => [
    ...(typeof plugins === 'function' ? await plugins(context) : []),
    username(),
    passkeys,
  ];
  return stack.start({ ...clients, options: { ...social, plugins: all }, variables: providers.variables });
}

const newPassword = `${password} 2`;
const changePassword = (browser: Browser) =>
  browser.post('/api/auth/change-password', { currentPassword: password, newPassword });

interface Member {
  readonly browser: Browser;
  readonly email: string;
  readonly id: string;
}

async function member(of: Browser = container): Promise<Member> {
  const browser = of.another();
  const email = `member-${++people}@example.com`;
  const { json } = await signedIn(stack, browser, email);
  await stack.queued();
  return { browser, email, id: json.user.id };
}

async function office(): Promise<Browser> {
  const browser = container.another();
  await administrator(stack, browser, `office-${++people}@example.com`);
  await stack.queued();
  return browser;
}

async function withFactor({ browser }: Member): Promise<void> {
  const { json } = await browser.post('/api/auth/two-factor/enable', { password });
  await verifyTotp(browser, authenticatorOf(json.totpURI).code());
}

async function link({ browser, email }: Member): Promise<void> {
  const started = await browser.post('/api/auth/link-social', { provider: 'acme', callbackURL: home });
  const { callback } = await providers.acme.consent(started.json.url, person('linked', { sub: email, email }));
  await callBack(browser, callback);
}

/** Those that tell of a change. */
const notices = async () => (await stack.mails()).filter(({ at }) => at !== undefined);

const byUsers: [change: string, kind: string, run: (member: Member) => Promise<unknown>][] = [
  ['a changed password', 'password-changed', ({ browser }) => changePassword(browser)],
  [
    'a reset password',
    'password-changed',
    async ({ browser, email }) => {
      await browser.another().post('/api/auth/request-password-reset', { email });
      await browser.another().post('/api/auth/reset-password', { token: await resetToken(stack), newPassword });
    },
  ],
  ['a second factor that is turned on', 'second-factor-enabled', withFactor],
  [
    'one that is turned off',
    'second-factor-disabled',
    async (each) => {
      await withFactor(each);
      await stack.queued();
      await each.browser.post('/api/auth/two-factor/disable', { password });
    },
  ],
  [
    'new backup codes',
    'backup-codes-replaced',
    async (each) => {
      await withFactor(each);
      await stack.queued();
      await each.browser.post('/api/auth/two-factor/generate-backup-codes', { password });
    },
  ],
  ['a new passkey', 'passkey-added', ({ browser }) => browser.post('/api/auth/passkey/verify-registration')],
  ['a removed passkey', 'passkey-removed', ({ browser }) => browser.post('/api/auth/passkey/delete-passkey')],
  ['a linked account', 'account-linked', link],
  [
    'an unlinked account',
    'account-unlinked',
    async (each) => {
      await link(each);
      await stack.queued();
      const { json } = await each.browser.get('/api/auth/list-accounts');
      const accountId = json.find(({ providerId }: { providerId: string }) => providerId === 'acme').id;
      await each.browser.post('/api/auth/unlink-account', { accountId });
    },
  ],
  [
    'another e-mail address, to the old one',
    'email-changed',
    async ({ browser, email }) => {
      await browser.post('/api/auth/change-email', { newEmail: `new-${email}` });
      const [mail] = await stack.mails();
      expect(mail).toMatchObject({ kind: 'verify-email', to: `new-${email}` });
      await browser.get(pathOf(mail!.url));
    },
  ],
  ['another user name', 'login-changed', ({ browser }) => browser.post('/api/auth/update-user', { username: 'ada_l' })],
];

describe('the user is told of', () => {
  test.each(byUsers)('%s', async (_, kind, run) => {
    const each = await member();
    await run(each);
    const told = await notices();
    const network = `${each.browser.sourceIp.replace(/\.\d+$/, '.0')}/24`;
    // No link, no code, no new address: nothing but that.
    expect(told).toEqual([{ kind, to: each.email, at: expect.stringMatching(/^\d{4}-.*Z$/), network }]);
  });

  test.each([
    ['a password that an administrator sets', 'password-set', '/set-user-password', { newPassword }],
    ['an address that an administrator changes', 'email-changed', '/update-user', { data: { email: 'n@example.com' } }],
  ])('%s, without where from', async (_, kind, path, body) => {
    const { id, email } = await member();
    const answer = await (await office()).post(`/api/auth/admin${path}`, { userId: id, ...body });
    expect(answer).toMatchObject({ status: 200 });
    expect(await notices()).toEqual([{ kind, to: email, at: expect.any(String) }]);
  });

  test('what an administrator does under the identity of the user, without where from', async () => {
    const { id, email } = await member();
    const admin = await office();
    await admin.post('/api/auth/admin/impersonate-user', { userId: id });
    await admin.post('/api/auth/update-user', { username: 'not_by_ada' });
    expect(await notices()).toEqual([{ kind: 'login-changed', to: email, at: expect.any(String) }]);
  });
});

describe('nobody is told', () => {
  test('of what was refused, of sign-in, sign-up and sign-out, or of another change', async () => {
    const { browser, email } = await member();
    const refused = [
      await browser.post('/api/auth/change-password', { currentPassword: 'a wrong password', newPassword }),
      await browser.post('/api/auth/two-factor/disable', { password: 'a wrong password' }),
      await browser.another().post('/api/auth/reset-password', { token: 'nonsense', newPassword }),
      await browser.another().post('/api/auth/passkey/delete-passkey'),
      await browser.post('/api/auth/unlink-account', { accountId: 'nonsense' }),
    ];
    expect(refused.map(({ status }) => status >= 400)).toEqual(refused.map(() => true));
    await browser.post('/api/auth/update-user', { name: 'Ada' });
    await browser.post('/api/auth/passkey/update-passkey');
    await browser.post('/api/auth/two-factor/enable', { password });
    await browser.post('/api/auth/sign-out');
    await browser.post('/api/auth/sign-in/email', { email, password });
    await socialSignIn(browser.another(), providers.acme, person('new-here'));
    await socialSignIn(browser.another(), providers.acme, person('new-here'));
    expect(await notices()).toEqual([]);
  });

  test('of an address that nobody had confirmed, which may be a stranger’s', async () => {
    const admin = await office();
    const body = { name: 'Ada', email: 'mistyped@example.com', password, role: 'user' };
    const { json } = await admin.post('/api/auth/admin/create-user', body);
    const data = { email: 'typed-right@example.com' };
    expect(await admin.post('/api/auth/admin/update-user', { userId: json.user.id, data })).toMatchObject({
      status: 200,
    });
    expect(await notices()).toEqual([]);
  });
});

test('an address gets three of a kind an hour, and one kind does not use up another', async () => {
  const { browser } = await member();
  for (let time = 0; time < 5; time++) {
    expect(await browser.post('/api/auth/passkey/verify-registration')).toMatchObject({ status: 200 });
    expect(await browser.post('/api/auth/passkey/delete-passkey')).toMatchObject({ status: 200 });
  }
  await changePassword(browser);
  const kinds = (await notices()).map(({ kind }) => kind).sort();
  const three = (kind: string) => [kind, kind, kind];
  expect(kinds).toEqual([...three('passkey-added'), ...three('passkey-removed'), 'password-changed']);
});

describe('a notice that fails', () => {
  const works = ({ email }: Member) =>
    container.another().post('/api/auth/sign-in/email', { email, password: newPassword });
  const names = (output: string) => auditEvents(output).map(({ event, status_code }) => [event, status_code]);

  test('for want of the queue undoes nothing, and is on record beside the change', async () => {
    const sqs = new SQSClient({ ...awsConfig('http://127.0.0.1:9'), maxAttempts: 1 });
    const offline = await start({}, { clients: { sqs } });
    const each = await member();
    const device = offline.another();
    await device.post('/api/auth/sign-in/email', { email: each.email, password });
    const output = await captureLogs(async () => expect(await changePassword(device)).toMatchObject({ status: 200 }));
    expect(names(output)).toEqual([
      ['mail_failed', 'MAIL_UNAVAILABLE'],
      ['password_changed', undefined],
    ]);
    expect(await works(each)).toMatchObject({ status: 200 });
  });

  test('because the user cannot be looked up, as well', async () => {
    let reads = 0;
    let failing = Number.POSITIVE_INFINITY;
    const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
    dynamodb.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const read = /^(Get|BatchGet|Query)/.test(commandName) && JSON.stringify(args.input).includes('"identity"');
          if (read && ++reads === failing) throw new Error('injected');
          return next(args);
        },
      { step: 'initialize', priority: 'low' },
    );
    const device = await start({}, { clients: { dynamodb } });
    async function reset({ email }: Member) {
      await device.post('/api/auth/request-password-reset', { email });
      const token = await resetToken(stack);
      reads = 0;
      return device.post('/api/auth/reset-password', { token, newPassword });
    }
    const [first, second] = [await member(), await member()];
    await reset(first);
    expect(await notices()).toMatchObject([{ kind: 'password-changed', to: first.email }]);
    // The last one.
    failing = reads;
    const output = await captureLogs(async () => expect(await reset(second)).toMatchObject({ status: 200 }));
    expect(names(output).slice(-2)).toEqual([
      ['mail_failed', 'MAIL_UNAVAILABLE'],
      ['password_reset', undefined],
    ]);
    expect(await works(second)).toMatchObject({ status: 200 });
  });

  test('in the fork’s own function, as well; the mail goes out', async () => {
    const onChange = () => {
      throw new Error('canary of the fork');
    };
    const each = await member(await start({ accountNotices: { onChange } }));
    const output = await captureLogs(async () =>
      expect(await changePassword(each.browser)).toMatchObject({ status: 200 }),
    );
    expect(names(output)).toEqual([
      ['mail_failed', 'MAIL_UNAVAILABLE'],
      ['password_changed', undefined],
    ]);
    expect(output).not.toContain('canary');
    expect(await notices()).toMatchObject([{ kind: 'password-changed', to: each.email }]);
  });
});

test('a fork can tell in a way of its own, of every change, and switch the mails off', async () => {
  const changes: AccountChange[] = [];
  const options = { mail: false, onChange: (change: AccountChange) => void changes.push(change) };
  const { browser, email, id } = await member(await start({ accountNotices: options }));
  for (let time = 0; time < 5; time++) await browser.post('/api/auth/passkey/delete-passkey');
  const { sourceIp } = browser;
  const change = { userId: id, email, kind: 'passkey-removed', sourceIp, byAdministrator: false, at: expect.any(Date) };
  expect(changes).toEqual(Array.from({ length: 5 }, () => expect.objectContaining(change)));
  expect(await notices()).toEqual([]);
});
