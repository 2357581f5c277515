import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { storedHash } from '../../support/accounts.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
let secretId: string;
beforeAll(async () => {
  stack = await startStack();
  const created = await stack.clients.secretsManager.send(
    new CreateSecretCommand({ Name: 'pepper', SecretString: peppers('1') }),
  );
  secretId = created.ARN!;
});
afterAll(() => stack.stop());

const key = (id: string) => `canary-pepper-${id}-0123456789-0123456789`;
const peppers = (...ids: string[]) => JSON.stringify(Object.fromEntries(ids.map((id) => [id, key(id)])));
const put = (...ids: string[]) =>
  stack.clients.secretsManager.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: peppers(...ids) }));

/** A container with the pepper. */
function start() {
  const { options, variables } = withCheapPasswords();
  return stack.start({ options, variables: { ...variables, GATEHOUSE_PEPPER_SECRET_ARN: secretId } });
}

const signIn = (browser: Browser, email: string, secret = password) =>
  browser.another().post('/api/auth/sign-in/email', { email, password: secret });

describe('the pepper', () => {
  test('is named in the hash of a new password', async () => {
    const browser = await start();
    const { json } = await signedIn(stack, browser, 'new@example.com');
    expect(await storedHash(stack, json.user.id)).toMatch(/^\$scrypt\$ln=4,r=8,p=1,keyid=1\$/);
    expect(await signIn(browser, 'new@example.com')).toMatchObject({ status: 200 });
    expect(await signIn(browser, 'new@example.com', 'a wrong password')).toMatchObject({ status: 401 });
  });

  test('goes into passwords that were stored without one, when their owners sign in', async () => {
    const without = await stack.start(withCheapPasswords());
    const { json } = await signedIn(stack, without, 'without@example.com');
    expect(await storedHash(stack, json.user.id)).not.toContain('keyid');
    expect(await signIn(await start(), 'without@example.com')).toMatchObject({ status: 200 });
    expect(await storedHash(stack, json.user.id)).toContain(',keyid=1$');
  });

  test('that is added is taken up by containers that never heard of it, and the old one still verifies', async () => {
    const stale = await start();
    const { json } = await signedIn(stack, stale, 'moved@example.com');
    const { json: other } = await signedIn(stack, stale, 'waiting@example.com');
    await put('1', '2');
    const fresh = await start();
    expect(await signIn(fresh, 'moved@example.com')).toMatchObject({ status: 200 });
    expect(await storedHash(stack, json.user.id)).toContain(',keyid=2$');
    expect(await signIn(stale, 'moved@example.com')).toMatchObject({ status: 200 });
    expect(await signIn(stale, 'waiting@example.com')).toMatchObject({ status: 200 });
    expect(await storedHash(stack, other.user.id)).toContain(',keyid=2$');
  });

  test('that is lost makes the sign-in a failure of ours, on record, and no password is right', async () => {
    await put('1', '2', '3');
    await signedIn(stack, await start(), 'lost@example.com');
    await put('1', '2');
    for (const browser of [await start(), await stack.start(withCheapPasswords())]) {
      const output = await captureLogs(async () => {
        const answer = await signIn(browser, 'lost@example.com');
        expect(answer).toMatchObject({ status: 503, json: { code: 'PEPPER_UNAVAILABLE' }, cookies: [] });
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      });
      expect(auditEvents(output)).toMatchObject([{ event: 'store_failed', status_code: 'PEPPER_UNAVAILABLE' }]);
      expect(output).not.toMatch(/canary-pepper/);
    }
  });

  test('that cannot be read stores no password, and one that can be read again does', async () => {
    await stack.clients.secretsManager.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: 'broken' }));
    const browser = await start();
    const body = { name: 'Ada', email: 'unread@example.com', password };
    const refused = await browser.another().post('/api/auth/sign-up/email', body);
    expect(refused).toMatchObject({ status: 503, json: { code: 'PEPPER_UNAVAILABLE' } });
    expect(await browser.get('/.well-known/jwks.json')).toMatchObject({ status: 200 });
    await put('1', '2');
    expect(await browser.another().post('/api/auth/sign-up/email', body)).toMatchObject({ status: 200 });
  });
});

test('a hasher of the options that could not take the pepper is refused at init', async () => {
  const hasher = { hash: async () => '', verify: async () => false };
  const starting = stack.start({
    options: { passwords: { hasher } },
    variables: { GATEHOUSE_PEPPER_SECRET_ARN: secretId },
  });
  await expect(starting).rejects.toThrow('passwords.hasher excludes the pepper');
});
