import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { createAuthClient } from 'better-auth/client';
import { jwtClient, twoFactorClient } from 'better-auth/client/plugins';
import { type Browser, createBrowser } from './browser.ts';
import type { FlowTarget } from './flow-target.ts';
import { patient } from './patient.ts';

/** Someone with a mailbox, and perhaps an account. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** One browser, and Better Auth's own client in it. */
export interface Device {
  readonly browser: Browser;
  readonly client: ReturnType<typeof connect>;
}

export function newPerson({ address = anyAddress }: FlowTarget, name: string): Person {
  return { name, email: address(name.toLowerCase()), password: newPassword() };
}

const anyAddress = (name: string) => `${name}-${randomUUID()}@example.com`;

export const newPassword = (): string => `correct ${randomUUID()} battery`;

export function newDevice(target: FlowTarget): Device {
  const browser = createBrowser({ ...target, fetch: patient(target.fetch ?? fetch) });
  return { browser, client: connect(target.url, browser.fetch) };
}

const connect = (url: string, customFetchImpl: typeof fetch) =>
  createAuthClient({
    baseURL: `${url}/api/auth`,
    plugins: [jwtClient(), twoFactorClient()],
    fetchOptions: { customFetchImpl },
  });

/** @throws when this source has used up its sign-ups, with the time to wait. */
export async function signUp(target: FlowTarget, { client }: Device, person: Person) {
  target.onSignUp?.(person.email);
  let seconds: string | null = null;
  const { data, error } = await client.signUp.email(person, {
    onError: ({ response }) => {
      seconds = response.headers.get('retry-after');
    },
  });
  if (error?.status === 429) {
    throw new Error(`this source address may sign up no more users now; run the suite again in ${seconds} seconds`);
  }
  expect(error).toBeNull();
  return data!;
}

/** Follows the link in the mail; nothing of a stage's path may be lost in it. */
export async function verifyAddress(target: FlowTarget, { browser }: Device, { email }: Person): Promise<void> {
  const link = await target.mailedLink(email, '/api/auth/verify-email');
  expect(link.slice(0, link.indexOf('?'))).toBe(`${target.url}/api/auth/verify-email`);
  const response = await browser.fetch(link);
  expect([response.status, response.headers.get('location')]).toEqual([302, expect.not.stringContaining('error')]);
}

/** Someone new who has signed up and verified the address. */
export async function newMember(target: FlowTarget, name: string): Promise<Person> {
  const person = newPerson(target, name);
  const device = newDevice(target);
  await signUp(target, device, person);
  await verifyAddress(target, device, person);
  return person;
}

const residents = new WeakMap<FlowTarget, Promise<Person>>();

/** The one member whom chapters share that leave the account as it is: each target takes a few sign-ups an hour only. */
export function resident(target: FlowTarget): Promise<Person> {
  const known = residents.get(target) ?? newMember(target, 'Grace');
  residents.set(target, known);
  return known;
}

/** A new device on which the person has signed in. */
export async function signedIn(target: FlowTarget, { email, password }: Person): Promise<Device> {
  const device = newDevice(target);
  const { error } = await device.client.signIn.email({ email, password });
  expect(error).toBeNull();
  return device;
}
