import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { scryptHasher } from '../../lambda/policy/passwords/scrypt-hasher.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { type IdentityStore, openStore } from '../../scripts/admin/identity-store.ts';
import { localTarget } from '../../scripts/admin/local-target.ts';
import { runAdmin } from '../../scripts/admin/run-admin.ts';
import { cheapCost } from '../support/cheap-passwords.ts';

export const password = 'correct horse battery staple';

export let stack: LocalStack;
export let store: IdentityStore;

/** The stack of `npm start`, for all tests of a file. */
export function localStack(): void {
  beforeAll(async () => {
    stack = await startStack({ port: 0, print: () => {} });
    store = await openStore(await localTarget(stack.url), {}, () => new Date());
  });
  afterAll(async () => {
    store.close();
    await stack.stop();
  });
}

/** `npm run admin -- …` against that stack; what stands in quotes is one argument. */
export async function admin(line: string, { typed, where = ['--local', stack.url] }: Partial<Typed> = {}) {
  const [out, errors]: string[][] = [[], []];
  const words = (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''));
  const code = await runAdmin([...words, ...where], {
    root: process.cwd(),
    now: () => new Date(),
    ask: async (question) => {
      errors!.push(question);
      return typed;
    },
    print: (text) => out!.push(text),
    printError: (text) => errors!.push(text),
  });
  return { code, output: out!.join('\n'), errors: errors!.join('\n') };
}

interface Typed {
  readonly typed: string;
  readonly where: readonly string[];
}

/** What `--json` prints. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of any shape
export const adminJson = async (line: string): Promise<any> => JSON.parse((await admin(`${line} --json --yes`)).output);

/** A user with the password, written as sign-up writes one. */
export async function member(fields: { emailVerified?: boolean } = {}): Promise<{ id: string; email: string }> {
  const email = `${randomUUID()}@example.com`;
  const times = { createdAt: new Date(), updatedAt: new Date() };
  const user = { name: 'Ada', email, emailVerified: true, role: 'user', ...fields, ...times };
  const { id } = await store.adapter.create<typeof user, { id: string }>({ model: 'user', data: user });
  const account = { userId: id, accountId: id, providerId: 'credential', ...times };
  const hash = await scryptHasher(cheapCost).hash(password);
  await store.adapter.create({ model: 'account', data: { ...account, password: hash } });
  return { id, email };
}

/** A browser of a user. */
export class Client {
  #cookie = '';

  async send(method: string, path: string, body?: object) {
    const response = await fetch(`${stack.url}/api/auth${path}`, {
      method,
      headers: { origin: stack.url, cookie: this.#cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0]!);
    if (cookies.length > 0) this.#cookie = cookies.join('; ');
    // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of any shape
    return { status: response.status, json: (await response.json()) as any };
  }

  signIn = (email: string, given = password) => this.send('POST', '/sign-in/email', { email, password: given });
  session = async () => (await this.send('GET', '/get-session')).json;
}

export async function signedIn(email: string): Promise<Client> {
  const client = new Client();
  const { status, json } = await client.signIn(email);
  if (status !== 200) throw new Error(`sign-in answered ${status} ${JSON.stringify(json)}`);
  return client;
}
