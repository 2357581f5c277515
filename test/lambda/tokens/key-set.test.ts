import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { PublishedKey, SigningKeyState } from '../../../contract/signing.ts';
import { createKeySet } from '../../../lambda/tokens/key-set.ts';

function key(id: string, state: SigningKeyState, namedCurve = 'P-256'): PublishedKey {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve });
  const der = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  return { id, state, algorithm: namedCurve === 'P-256' ? 'ES256' : 'ES512', keyArn: `arn:${id}`, publicKey: der };
}

const listed = [key('old', 'retiring'), key('a', 'active', 'P-521'), key('b', 'active'), key('standby', 'next')];

test('all keys are published, in their order; the first active one signs by default', async () => {
  const { keys, activeKey } = await createKeySet(listed);
  expect(keys.map(({ id }) => id)).toEqual(['old', 'a', 'b', 'standby']);
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(4);
  expect(activeKey().id).toBe('a');
  expect(activeKey({}).id).toBe('a');
});

test('the key that signs is found by algorithm, by kid, and by both', async () => {
  const { keys, activeKey } = await createKeySet(listed);
  const kid = keys[2]!.kid;
  expect(activeKey({ algorithm: 'ES256' }).id).toBe('b');
  expect(activeKey({ kid }).id).toBe('b');
  expect(activeKey({ kid, algorithm: 'ES256' }).id).toBe('b');
});

test('keys that are not active do not sign, also when they are named', async () => {
  const { keys, activeKey } = await createKeySet(listed);
  for (const index of [0, 3]) expect(() => activeKey({ kid: keys[index]!.kid })).toThrow(/no active signing key/);
  expect(() => activeKey({ algorithm: 'RS256' })).toThrow(
    `no active signing key for RS256, kid '*'; active: ES512 with kid '${keys[1]!.kid}', ES256 with kid '${keys[2]!.kid}'`,
  );
  expect(() => activeKey({ kid: keys[2]!.kid, algorithm: 'ES512' })).toThrow(/no active signing key/);
});
