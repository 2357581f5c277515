import { randomBytes, type ScryptOptions, scrypt as scryptCallback, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const scrypt = promisify<string, Buffer, number, ScryptOptions, Buffer>(scryptCallback);

/**
 * scrypt with N=2^15, r=8, p=3: 32 MiB a hash, one of the parameter sets of equal strength in OWASP's Password Storage Cheat
 * Sheet that fits a Lambda function.
 */
const cost = { ln: 15, r: 8, p: 3 };
const keyBytes = 32;

/** Hashes to a PHC string that carries its own parameters: `$scrypt$ln=15,r=8,p=3$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost, keyBytes);
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${base64(salt)}$${base64(key)}`;
}

/** Compares in constant time. A hash in another format does not verify. */
export async function verifyPassword({ password, hash }: { password: string; hash: string }): Promise<boolean> {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22})\$([\w+/]{43})$/.exec(hash);
  if (!match) return false;
  const [ln, r, p] = match.slice(1, 4).map(Number) as [number, number, number];
  const expected = Buffer.from(match[5]!, 'base64');
  const actual = await derive(password, Buffer.from(match[4]!, 'base64'), { ln, r, p }, expected.length);
  return timingSafeEqual(actual, expected);
}

/** NFKC, so that a password typed on another keyboard is the same password (NIST SP 800-63B-4 section 3.1.1.2). */
function derive(password: string, salt: Buffer, { ln, r, p }: typeof cost, length: number): Promise<Buffer> {
  const N = 2 ** ln;
  return scrypt(password.normalize('NFKC'), salt, length, { N, r, p, maxmem: 128 * N * r * 2 });
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
