import type { BetterAuthOptions } from 'better-auth';
import { betterAuth } from 'better-auth/minimal';
import { sessionTokenPlugin } from '../../lambda/policy/session-token.ts';
import { authOptions } from '../../test/support/identity.ts';

const base = 'https://auth.example.com/api/auth';
const password = 'correct horse battery staple';
let emails = 0;

/** Better Auth's endpoints on an adapter, with a trivial password hash; each flow checks its answer. */
export async function flowsOn(database: NonNullable<BetterAuthOptions['database']>) {
  const auth = betterAuth({ ...authOptions, plugins: [sessionTokenPlugin()], database });
  await auth.$context;
  async function call(path: string, input: { body?: object; cookie?: string } = {}): Promise<Response> {
    const { body, cookie = '' } = input;
    const headers = { cookie, origin: 'https://auth.example.com', 'content-type': 'application/json' };
    const request = { method: body ? 'POST' : 'GET', headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await auth.handler(new Request(base + path, request));
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
  const signUp = (email: string) => call('/sign-up/email', { body: { name: 'Ada', email, password } });
  const email = `bench-${++emails}@example.com`;
  const signedUp = await signUp(email);
  const cookie = signedUp.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  // So many sessions that the list stays as long as it is, however often the bench signs in.
  const other = `bench-${++emails}@example.com`;
  await signUp(other);
  return {
    'sign-up': () => signUp(`bench-${++emails}@example.com`),
    'sign-in': () => call('/sign-in/email', { body: { email: other, password } }),
    'get-session': () => call('/get-session', { cookie }),
    'list sessions': () => call('/list-sessions', { cookie }),
  };
}

export type Flow = keyof Awaited<ReturnType<typeof flowsOn>>;
