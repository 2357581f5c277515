import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BetterAuthPlugin } from 'better-auth';
import { twoFactor } from 'better-auth/plugins';
import { secondFactorPlugin } from '../../../lambda/policy/two-factor.ts';
import { authOptions, type Identity, startIdentity } from '../../support/identity.ts';
import { authenticatorOf } from '../../support/second-factor.ts';
import { password } from '../../support/stack.ts';
import { startClock, stopClock } from '../../support/travel.ts';
import { countTrips } from '../../support/trips.ts';

let identity: Identity;
let counted: ReturnType<typeof countTrips>;
beforeAll(async () => {
  stopClock();
  identity = await startIdentity();
  counted = countTrips(identity.client);
});
afterAll(async () => {
  await identity.stop();
  startClock();
});

/** A browser at Better Auth with one plugin on the identity table. */
function browserAt(plugin: BetterAuthPlugin) {
  const verification = { disableCleanup: true, storeIdentifier: 'hashed' } as const;
  const auth = identity.auth({ verification, plugins: [plugin] });
  const jar = new Map<string, string>();
  const post = async (path: string, body: object) => {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const headers = { 'content-type': 'application/json', origin: authOptions.baseURL, cookie };
    const url = `${authOptions.baseURL}/api/auth${path}`;
    const response = await auth.handler(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }));
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0]!.split(/=(.*)/s) as [string, string];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return (await response.json()) as { totpURI: string; token?: string };
  };
  return { jar, post };
}

let people = 0;

/** Requests of each step, of a new user's sign-ins. */
async function measure(plugin: BetterAuthPlugin) {
  const { jar, post } = browserAt(plugin);
  const email = `trips-${++people}@example.com`;
  const signIn = () => post('/sign-in/email', { email, password });
  const total = async (work: () => Promise<{ token?: string }>) => {
    const { total } = await counted.during(async () => expect(await work()).toHaveProperty('token'));
    return total;
  };
  await post('/sign-up/email', { name: 'Ada', email, password });
  jar.clear();
  const withoutFactor = await total(signIn);
  const authenticator = authenticatorOf((await post('/two-factor/enable', { password })).totpURI);
  await post('/two-factor/verify-totp', { code: authenticator.code(-1) });
  const verify = (step: number, trustDevice = false) =>
    post('/two-factor/verify-totp', { code: authenticator.code(step), trustDevice });
  jar.clear();
  await signIn();
  const code = await total(() => verify(0));
  jar.clear();
  await signIn();
  await verify(1, true);
  for (const name of jar.keys()) if (!/trust/.test(name)) jar.delete(name);
  const onTrustedDevice = await total(signIn);
  return { withoutFactor, code, onTrustedDevice };
}

test('what the defences cost, in requests beyond those of Better Auth’s own plugin', async () => {
  const alone = await measure(twoFactor());
  const ours = await measure(secondFactorPlugin());
  console.table({ 'Better Auth': alone, Gatehouse: ours });
  expect(ours.withoutFactor).toBe(alone.withoutFactor);
  // Two reads and a write, less the reset of the count, which is in that write.
  expect(ours.code - alone.code).toBe(2 + 1 - 1);
  expect(ours.onTrustedDevice).toBe(ours.withoutFactor + 1);
  expect(ours.onTrustedDevice).toBeLessThan(alone.onTrustedDevice);
});
