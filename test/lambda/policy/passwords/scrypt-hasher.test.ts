import { createHmac, scryptSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { hashPassword as betterAuthHash } from 'better-auth/crypto';
import { defaultCost } from '../../../../contract/scrypt-cost.ts';
import { noPepper, type PepperRing } from '../../../../lambda/policy/passwords/pepper.ts';
import { scryptHasher } from '../../../../lambda/policy/passwords/scrypt-hasher.ts';
import { cheapCost } from '../../../support/cheap-passwords.ts';
import { compareTimes } from '../../../support/timing.ts';

const peppers = { '1': 'first-pepper-0123456789-0123456789', '2': 'second-pepper-0123456789-012345678' };

/** The peppers up to an id, which is the current one. */
function ring(...ids: ('1' | '2')[]): PepperRing {
  const pepper = (id: string) => ({ id, key: peppers[id as '1'] });
  return {
    current: async () => pepper(ids.at(-1)!),
    byId: async (id) => (ids.includes(id as '1') ? pepper(id) : noPepper.byId(id)),
  };
}

const cheap = scryptHasher(cheapCost);

describe('a hash', () => {
  test('describes itself with the cost that OWASP asks for', async () => {
    const hash = await scryptHasher(defaultCost).hash('correct horse battery staple');
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z\d+/]{22}\$[A-Za-z\d+/]{43}$/);
    const [, , , salt, key] = hash.split('$') as [string, string, string, string, string];
    const expected = scryptSync('correct horse battery staple', Buffer.from(salt, 'base64'), 32, {
      N: 2 ** 15,
      r: 8,
      p: 3,
      maxmem: 128 * 1024 * 1024,
    });
    expect(Buffer.from(key, 'base64')).toEqual(expected);
  });

  test('verifies the password, in either unicode form, and no other', async () => {
    const hash = await cheap.hash('pa\u0301ssword with acute');
    await expect(cheap.verify({ hash, password: 'p\u00e1ssword with acute' })).resolves.toBe(true);
    await expect(cheap.verify({ hash, password: 'password with acute' })).resolves.toBe(false);
  });

  test('is salted: the same password hashes differently', async () => {
    expect(await cheap.hash('same password')).not.toBe(await cheap.hash('same password'));
  });

  test('of another cost verifies, and is to be replaced if it is cheaper', async () => {
    const dearer = scryptHasher({ ...cheapCost, p: 2 });
    for (const [writer, reader, replace] of [
      [cheap, dearer, true],
      [dearer, cheap, false],
      [cheap, cheap, false],
    ] as const) {
      const hash = await writer.hash('a password');
      await expect(reader.verify({ hash, password: 'a password' })).resolves.toBe(true);
      await expect(reader.verify({ hash, password: 'another one' })).resolves.toBe(false);
      await expect(reader.needsRehash?.(hash)).resolves.toBe(replace);
    }
  });

  test('of Better Auth’s own format verifies, and is to be replaced', async () => {
    const hash = await betterAuthHash('pa\u0301ssword of old');
    expect(hash).toMatch(/^[\da-f]{32}:[\da-f]{128}$/);
    const hasher = scryptHasher(defaultCost);
    await expect(hasher.verify({ hash, password: 'p\u00e1ssword of old' })).resolves.toBe(true);
    await expect(hasher.verify({ hash, password: 'password of old' })).resolves.toBe(false);
    await expect(hasher.needsRehash?.(hash)).resolves.toBe(true);
  });

  test('that is cheap, or none at all, is refused no sooner than it takes to hash for an unknown address', async () => {
    const hasher = scryptHasher({ N: 2 ** 13, r: 8, p: 1 });
    const hash = await scryptHasher({ N: 2 ** 9, r: 8, p: 1 }).hash('a password');
    const unknown = () => hasher.hash('a password');
    const ratio = async (verify: () => Promise<unknown>) => {
      const { medians } = await compareTimes(verify, unknown, 20);
      return medians[0] / medians[1];
    };
    expect(await ratio(() => hasher.verify({ hash, password: 'another one' }))).toBeGreaterThan(0.7);
    expect(await ratio(() => hasher.verify({ hash: 'plain', password: 'another one' }))).toBeGreaterThan(0.7);
    // The right password leads on to a new hash, and needs no such care: so the measure would have seen it.
    expect(await ratio(() => hasher.verify({ hash, password: 'a password' }))).toBeLessThan(0.5);
  });

  const malformed = ['', 'plain', '$scrypt$ln=99,r=8,p=3$x$y', 'abcd:ef01', '$scrypt$ln=15,r=8,p=3$$'];
  // Parameters of a row that somebody wrote by hand must not take the function's memory.
  const excessive = ['ln=20,r=32,p=1', 'ln=99,r=8,p=1', 'ln=10,r=8,p=99', 'ln=00,r=8,p=1', 'ln=4,r=8,p=1,keyid=0'].map(
    (cost) => `$scrypt$${cost}$${'a'.repeat(22)}$${'a'.repeat(43)}`,
  );
  test.each([...malformed, ...excessive])('in another form does not verify: %j', async (hash) => {
    await expect(cheap.verify({ hash, password: 'anything at all' })).resolves.toBe(false);
    await expect(cheap.needsRehash?.(hash)).resolves.toBe(false);
  });
});

describe('a pepper', () => {
  test('goes into the hash before scrypt, and leaves its id there', async () => {
    const hash = await scryptHasher(cheapCost, ring('1')).hash('a password');
    const [, , parameters, salt, key] = hash.split('$');
    expect(parameters).toBe('ln=4,r=8,p=1,keyid=1');
    const secret = createHmac('sha256', peppers['1']).update('a password').digest();
    expect(Buffer.from(key!, 'base64')).toEqual(scryptSync(secret, Buffer.from(salt!, 'base64'), 32, cheapCost));
  });

  test('that is old verifies, and the hash is to be replaced; so is one without', async () => {
    const hasher = scryptHasher(cheapCost, ring('1', '2'));
    for (const former of [scryptHasher(cheapCost, ring('1')), cheap]) {
      const hash = await former.hash('a password');
      await expect(hasher.verify({ hash, password: 'a password' })).resolves.toBe(true);
      await expect(hasher.verify({ hash, password: 'another one' })).resolves.toBe(false);
      await expect(hasher.needsRehash?.(hash)).resolves.toBe(true);
    }
    await expect(hasher.needsRehash?.(await hasher.hash('a password'))).resolves.toBe(false);
  });

  test('that is not known makes the answer neither right nor wrong', async () => {
    const hash = await scryptHasher(cheapCost, ring('1', '2')).hash('a password');
    for (const hasher of [scryptHasher(cheapCost, ring('1')), cheap]) {
      const answer = hasher.verify({ hash, password: 'a password' });
      await expect(answer).rejects.toMatchObject({ code: 'PEPPER_UNAVAILABLE' });
    }
  });
});
