import { scryptSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { hashPassword, verifyPassword } from '../../../lambda/policy/password-hash.ts';

describe('password hash', () => {
  test('describes itself with the cost that OWASP asks for', async () => {
    const hash = await hashPassword('correct horse battery staple');
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/);
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
    const hash = await hashPassword('pa\u0301ssword with acute');
    await expect(verifyPassword({ hash, password: 'p\u00e1ssword with acute' })).resolves.toBe(true);
    await expect(verifyPassword({ hash, password: 'password with acute' })).resolves.toBe(false);
  });

  test('salts: the same password hashes differently', async () => {
    expect(await hashPassword('same password')).not.toBe(await hashPassword('same password'));
  });

  test.each(['', 'plain', '$scrypt$ln=99,r=8,p=3$x$y', 'abcd:ef01', '$scrypt$ln=15,r=8,p=3$$'])(
    'does not verify against %j',
    async (hash) => {
      await expect(verifyPassword({ hash, password: 'anything at all' })).resolves.toBe(false);
    },
  );
});
