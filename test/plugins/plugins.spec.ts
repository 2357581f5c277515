import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BetterAuthPlugin } from 'better-auth';
import { betterAuth } from 'better-auth/minimal';
import { dynamodbAdapter } from '../../lambda/identity/index.ts';
import { findingsIn } from '../lambda/identity/check.ts';
import { authOptions, type Identity, startIdentity } from '../support/identity.ts';
import { createAuthenticator } from './authenticator.ts';

/** Their types are not there when the project is compiled: only `npm run test:plugins` installs them. */
type Plugin = (options?: object) => BetterAuthPlugin;
const load = async (name: string) => (await import(name)) as Record<string, Plugin>;
const { apiKey } = await load('@better-auth/api-key');
const { passkey } = await load('@better-auth/passkey');

const origin = 'https://auth.example.com';
const options = { ...authOptions, plugins: [apiKey!(), passkey!({ rpID: 'auth.example.com', origin })] };
let identity: Identity;
let auth: { handler(request: Request): Promise<Response>; api: Record<string, (input: object) => Promise<never>> };

beforeAll(async () => {
  identity = await startIdentity();
  const database = dynamodbAdapter({ client: identity.client, tableName: 'identity' });
  auth = betterAuth({ ...options, database }) as unknown as typeof auth;
});
afterAll(async () => {
  expect(await findingsIn(identity, options)).toEqual([]);
  await identity.stop();
});

/** Keeps the cookies of one browser. */
function browser() {
  const jar = new Map<string, string>();
  return async (path: string, body?: object) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, origin, 'content-type': 'application/json' };
    const request = { method: body ? 'POST' : 'GET', headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await auth.handler(new Request(`${origin}/api/auth${path}`, request));
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0]!.split(/=(.*)/s) as [string, string];
      jar.set(name, value);
    }
    // biome-ignore lint/suspicious/noExplicitAny: the plugins' types are not there
    return { status: response.status, json: (await response.json()) as any };
  };
}

const password = 'correct horse battery staple';
async function signedUp(email: string) {
  const send = browser();
  const { json } = await send('/sign-up/email', { name: 'Ada', email, password });
  return { send, userId: json.user.id as string };
}

test('API keys: create, list, use as often as allowed however many ask at once, delete', async () => {
  const { send, userId } = await signedUp('keys@example.com');
  const limited = { userId, remaining: 5, rateLimitEnabled: false };
  const { key, id } = (await auth.api.createApiKey!({ body: limited })) as { key: string; id: string };
  const own = await send('/api-key/create', { name: 'own' });
  expect(own.status).toBe(200);
  const { json } = await send('/api-key/list');
  expect(JSON.stringify(json)).toContain(id);
  expect(JSON.stringify(json)).not.toContain(key);

  const uses = await Promise.all(
    Array.from({ length: 12 }, () => auth.api.verifyApiKey!({ body: { key } }) as Promise<{ valid: boolean }>),
  );
  expect(uses.filter(({ valid }) => valid)).toHaveLength(5);

  expect((await send('/api-key/delete', { keyId: own.json.id })).status).toBe(200);
  expect(await auth.api.verifyApiKey!({ body: { key: own.json.key } })).toMatchObject({ valid: false });
});

test('passkeys: register, sign in, list, delete', async () => {
  const { send, userId } = await signedUp('passkeys@example.com');
  const authenticator = createAuthenticator(origin);
  const registering = await send('/passkey/generate-register-options');
  const response = authenticator.register(registering.json.challenge);
  const registered = await send('/passkey/verify-registration', { response, name: 'key' });
  expect(registered).toMatchObject({ status: 200, json: { userId, name: 'key' } });

  const other = browser();
  const signingIn = await other('/passkey/generate-authenticate-options');
  const assertion = authenticator.authenticate(signingIn.json.challenge);
  expect(await other('/passkey/verify-authentication', { response: assertion })).toMatchObject({ status: 200 });
  expect(await other('/get-session')).toMatchObject({ json: { user: { id: userId } } });
  // The challenge was for once.
  expect((await other('/passkey/verify-authentication', { response: assertion })).status).toBeGreaterThanOrEqual(400);

  expect(await send('/passkey/list-user-passkeys')).toMatchObject({ json: [{ id: registered.json.id }] });
  expect((await send('/passkey/delete-passkey', { id: registered.json.id })).status).toBe(200);
  expect(await send('/passkey/list-user-passkeys')).toMatchObject({ json: [] });
});
