import { decodeProtectedHeader } from 'jose';
import type { PublishedKey, SigningKeyState } from '../../../contract/signing.ts';
import type { Answer, Browser, Stack } from '../../support/stack.ts';

/** Which keys a deployment lists, and in what state. */
export type Listed = readonly (readonly [key: PublishedKey, state: SigningKeyState])[];

export interface Fleet {
  /** Puts a new container in the place of one, as a deployment does with each at its own time. */
  replace(index: number, listed: Listed): Promise<void>;
  /** A token from each container. */
  mint(): Promise<string[]>;
  /** @param index of the container that answers. @default - each in turn */
  jwks(index?: number): Promise<Answer>;
}

/**
 * Containers of one deployed function that run side by side, each with the keys of the version that it was started from.
 * @param cookies of the user whom the tokens are for.
 */
export async function startFleet(stack: Stack, cookies: Browser['jar'], size: number, listed: Listed): Promise<Fleet> {
  const containers: Browser[] = [];
  let asked = 0;

  async function replace(index: number, keys: Listed): Promise<void> {
    const published = keys.map(([key, state]) => ({ ...key, state }));
    const variables = { GATEHOUSE_SIGNING_KEYS: JSON.stringify(published) };
    const container = await stack.start({ variables, now: () => new Date() });
    for (const [name, value] of cookies) container.jar.set(name, value);
    containers[index] = container;
  }
  for (let index = 0; index < size; index++) await replace(index, listed);

  return {
    replace,
    mint: () => Promise.all(containers.map(async (container) => (await container.get('/api/auth/token')).json.token)),
    jwks: (index = asked++ % size) => containers[index]!.get('/.well-known/jwks.json'),
  };
}

export const kidOf = (token: string): string => decodeProtectedHeader(token).kid!;
