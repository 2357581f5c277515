import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { adapterOn, storedHash } from '../../support/accounts.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Browser, password, type Stack, signedIn, startStack } from '../../support/stack.ts';

const people = 500;
let stack: Stack;
let time = Date.parse('2026-01-01T08:00:00Z');
let office: Browser;
beforeAll(async () => {
  stack = await startStack();
  office = await stack.start({ ...withCheapPasswords(), now: () => new Date(time) });
  const first = await signedIn(stack, office, 'first@example.com');
  const hash = await storedHash(stack, first.json.user.id);
  await Promise.all(Array.from({ length: people }, (_, person) => createPerson(person, hash)));
}, 120_000);
afterAll(() => stack.stop());

const email = (person: number) => `person-${person}@example.com`;

/** With the same password as the first one: a hash each would be most of the test. */
async function createPerson(person: number, hash: string): Promise<void> {
  const adapter = adapterOn(stack);
  const dates = { createdAt: new Date(time), updatedAt: new Date(time) };
  const user = { name: 'P', email: email(person), emailVerified: true, ...dates };
  const { id: userId } = await adapter.create<Record<string, unknown>, { id: string }>({ model: 'user', data: user });
  const account = { userId, providerId: 'credential', accountId: userId, password: hash, ...dates };
  await adapter.create({ model: 'account', data: account });
}

/** A browser of its own, behind the office's address. */
function signIn(person: number, typed: string) {
  const device = office.another();
  const body = { email: email(person), password: typed };
  return device.send({
    method: 'POST',
    path: '/api/auth/sign-in/email',
    body,
    sourceIp: '198.51.200.1',
    headers: { Origin: 'https://auth.example.com' },
  });
}

test('500 people behind one address sign in within 10 minutes, one in ten of them mistyping once', async () => {
  time = Date.parse('2026-01-01T09:00:00Z');
  const statuses: number[] = [];
  const began = time;
  for (let person = 0; person < people; person++) {
    if (person % 10 === 0) expect((await signIn(person, `${password}r`)).status).toBe(401);
    statuses.push((await signIn(person, password)).status);
    time += 600_000 / people;
  }
  expect(time - began).toBe(600_000);
  expect(statuses).toEqual(Array.from({ length: people }, () => 200));
});

test('of people who all arrive at once every one gets in too', async () => {
  time = Date.parse('2026-01-01T10:00:00Z');
  const statuses: number[] = [];
  for (let first = 0; first < 60; first += 30) {
    const group = Array.from({ length: 30 }, (_, index) => signIn(first + index, password));
    statuses.push(...(await Promise.all(group)).map(({ status }) => status));
  }
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});

test('the 61st failure in five minutes is one too many, and keeps the right password out too', async () => {
  time = Date.parse('2026-01-01T11:00:00Z');
  for (let person = 0; person < 60; person++) expect((await signIn(person, 'a wrong password')).status).toBe(401);
  expect((await signIn(60, 'a wrong password')).status).toBe(429);
  expect((await signIn(61, password)).status).toBe(429);
  time += 300_000;
  expect((await signIn(61, password)).status).toBe(200);
});
