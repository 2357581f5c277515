import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { isSignedIn } from '../../support/second-factor.ts';
import {
  callBack,
  clientSecret,
  consented,
  home,
  location,
  type Providers,
  person,
  socialSignIn,
  startProviders,
} from '../../support/social.ts';
import { type Browser, origin, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
let providers: Providers;
let container: Browser;
beforeAll(async () => {
  stack = await startStack();
  providers = await startProviders(stack);
  container = await stack.start({ ...providers, options: providers.options() });
});
afterAll(async () => {
  await providers.stop();
  await stack.stop();
});

const mismatch = `${origin}/failed?error=state_mismatch`;

describe('a sign-in with a provider', () => {
  test('makes a user once, and finds it again; the way back is the one that was asked for', async () => {
    const ada = person('ada');
    const browser = container.another();
    const output = await captureLogs(async () => {
      expect(await socialSignIn(browser, providers.acme, ada)).toMatchObject({ status: 302 });
    });
    expect(auditEvents(output).map(({ event }) => event)).toEqual(['sign_up', 'sign_in']);
    const first = await browser.get('/api/auth/get-session');
    expect(first).toMatchObject({ json: { user: { email: ada.email, emailVerified: true } } });
    const again = container.another();
    expect(location(await socialSignIn(again, providers.acme, ada))).toBe(home);
    expect((await again.get('/api/auth/get-session')).json.user.id).toBe(first.json.user.id);
  });

  test('asks for S256 PKCE, a nonce and a state that tells nothing', async () => {
    const { json } = await container
      .another()
      .post('/api/auth/sign-in/social', { provider: 'acme', callbackURL: home });
    const { searchParams } = new URL(json.url);
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(searchParams.get('nonce')).toMatch(/^[\w-]{32}$/);
    expect(searchParams.get('state')).toMatch(/^[\w-]{32}$/);
    expect(json.url).not.toContain('verifier');
  });

  test('of a user whose address the provider has not verified is refused, and leaves nothing', async () => {
    const mallory = person('mallory', { email_verified: false });
    const browser = container.another();
    const answer = await socialSignIn(browser, providers.acme, mallory);
    expect(location(answer)).toMatch(`${origin}/failed?error=email_not_verified`);
    expect(await isSignedIn(browser)).toBe(false);
    expect(JSON.stringify(await items())).not.toContain(mallory.email);
  });
});

describe('state', () => {
  test('is gone after use: a replay in the same browser is refused and audited', async () => {
    const browser = container.another();
    const { callback, state } = await consented(browser, providers.acme, person('replay'));
    const cookies = new Map(browser.jar);
    expect(location(await callBack(browser, callback))).toBe(home);
    expect(JSON.stringify(await items())).not.toContain(state);
    const thief = container.another();
    for (const [name, value] of cookies) thief.jar.set(name, value);
    const output = await captureLogs(async () => {
      expect(location(await callBack(thief, callback))).toMatch('error=state_mismatch');
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'sign_in_failed' }]);
    expect(await isSignedIn(thief)).toBe(false);
  });

  test('is had by one of parallel callbacks; the others do not even reach the provider', async () => {
    const browser = container.another();
    const { callback } = await consented(browser, providers.acme, person('parallel'));
    const copies = Array.from({ length: 8 }, () => {
      const copy = container.another();
      for (const [name, value] of browser.jar) copy.jar.set(name, value);
      return copy;
    });
    const before = providers.acme.issued.length;
    const answers = await Promise.all(copies.map((copy) => callBack(copy, callback)));
    expect(answers.map(location).filter((target) => target === home)).toHaveLength(1);
    expect(
      answers.map(location).filter((target) => target === home || /error=state_mismatch/.test(target!)),
    ).toHaveLength(8);
    expect(providers.acme.issued).toHaveLength(before + 1);
  });

  test('of another browser is refused, and stays good for its own', async () => {
    const victim = container.another();
    const attacker = container.another();
    const { callback } = await consented(attacker, providers.acme, person('attacker'));
    expect(location(await callBack(victim, callback))).toBe(mismatch);
    // Nor with a state of the victim's own.
    await consented(victim, providers.acme, person('victim'));
    expect(location(await callBack(victim, callback))).toBe(mismatch);
    expect(await isSignedIn(victim)).toBe(false);
    expect(location(await callBack(attacker, callback))).toBe(home);
  });

  test('of another provider is refused and burnt (mix-up), before its code goes anywhere', async () => {
    const browser = container.another();
    const { callback } = await consented(browser, providers.acme, person('mixed'));
    const wrong = new URL(callback.href.replace('/callback/acme', '/callback/other'));
    const before = providers.other.issued.length;
    const output = await captureLogs(async () => {
      expect(location(await callBack(browser, wrong))).toBe(mismatch);
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'sign_in_failed', status_code: 'OAUTH_PROVIDER_MISMATCH' }]);
    expect(providers.other.issued).toHaveLength(before);
    expect(location(await callBack(browser, callback))).toMatch('error=');
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('with the code of somebody else is stopped by PKCE at the provider', async () => {
    const attacker = await consented(container.another(), providers.acme, person('injected'));
    const browser = container.another();
    const { callback } = await consented(browser, providers.acme, person('owner'));
    callback.searchParams.set('code', attacker.code);
    expect(location(await callBack(browser, callback))).toMatch('error=invalid_code');
    expect(await isSignedIn(browser)).toBe(false);
  });

  test.each([
    ['tampered', (state: string) => `${state.slice(0, -1)}${state.endsWith('x') ? 'y' : 'x'}`],
    ['empty', () => ''],
    ['of a path', () => '../../x'],
  ])('%s is refused', async (_name, change) => {
    const browser = container.another();
    const { callback, state } = await consented(browser, providers.acme, person('tampered'));
    callback.searchParams.set('state', change(state));
    expect(location(await callBack(browser, callback))).toMatch(/error=(state_mismatch|state_not_found)/);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('does not say where to go after: only trusted origins are accepted', async () => {
    const body = { provider: 'acme', callbackURL: 'https://evil.example/home' };
    expect(await container.another().post('/api/auth/sign-in/social', body)).toMatchObject({ status: 403 });
  });
});

describe('an account of a provider', () => {
  test('is not linked by an address, verified or not, unless the options say so', async () => {
    const email = 'linked@example.com';
    await signedIn(stack, container.another(), email);
    for (const email_verified of [true, false]) {
      const stranger = container.another();
      const user = person(`stranger-${email_verified}`, { email, email_verified });
      expect(location(await socialSignIn(stranger, providers.acme, user))).toMatch('error=account_not_linked');
      expect(await isSignedIn(stranger)).toBe(false);
    }
  });

  test('is linked by an address that both sides verified, if the options say so; never by one that is not', async () => {
    const linking = await stack.start({
      ...providers,
      options: providers.options({ socialSignIn: { linkByVerifiedEmail: true } }),
    });
    const email = 'both@example.com';
    await signedIn(stack, container.another(), email);
    const unverified = person('claims', { email, email_verified: false });
    expect(location(await socialSignIn(linking.another(), providers.acme, unverified))).toMatch('error=');
    const browser = linking.another();
    expect(location(await socialSignIn(browser, providers.acme, person('both', { email })))).toBe(home);
    expect((await browser.get('/api/auth/get-session')).json.user.email).toBe(email);
  });

  test('can be linked by a signed-in user, to whom it belongs from then on; it is on record', async () => {
    const email = 'links@example.com';
    const browser = container.another();
    await signedIn(stack, browser, email);
    const link = await browser.post('/api/auth/link-social', { provider: 'acme', callbackURL: home });
    const { callback } = providers.acme.consent(link.json.url, person('links'));
    const output = await captureLogs(async () => {
      expect(location(await callBack(browser, callback))).toBe(home);
    });
    expect(auditEvents(output)).toMatchObject([{ event: 'account_changed', status_id: 1 }]);
    const other = container.another();
    await socialSignIn(other, providers.acme, person('links'));
    expect((await other.get('/api/auth/get-session')).json.user.email).toBe(email);
  });
});

test('no token of a provider, and no client secret, is in the table or in a log', async () => {
  const output = await captureLogs(async () => {
    await socialSignIn(container.another(), providers.acme, person('canary'));
  });
  const tokens = Object.values(providers.acme.issued.at(-1)!);
  const stored = JSON.stringify(await items());
  expect(tokens).toHaveLength(3);
  for (const secret of [...tokens, ...tokens.map((token) => token.split('.')[1] ?? token), clientSecret]) {
    expect(stored).not.toContain(secret);
    expect(output).not.toContain(secret);
  }
});

test('the user’s own session reads them back', async () => {
  const browser = container.another();
  await socialSignIn(browser, providers.acme, person('reads'));
  const { access_token, id_token } = providers.acme.issued.at(-1)!;
  const [account] = (await browser.get('/api/auth/list-accounts')).json;
  const answer = await browser.post('/api/auth/get-access-token', { accountId: account.id });
  expect(answer).toMatchObject({ status: 200, json: { accessToken: access_token, idToken: id_token } });
});

async function items() {
  const { Items } = await stack.clients.dynamodb.send(new ScanCommand({ TableName: 'identity' }));
  return Items;
}
