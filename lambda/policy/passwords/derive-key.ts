import { type ScryptOptions, scrypt as scryptCallback } from 'node:crypto';
import { promisify } from 'node:util';
import type { ScryptCost } from '../../../contract/scrypt-cost.ts';

const scrypt = promisify<string | Buffer, Buffer, number, ScryptOptions, Buffer>(scryptCallback);

/** scrypt (RFC 7914) in a thread of its own. `length` in bytes. */
export function deriveKey(secret: string | Buffer, salt: Buffer, cost: ScryptCost, length: number): Promise<Buffer> {
  return scrypt(secret, salt, length, { ...cost, maxmem: 128 * cost.r * (cost.N + cost.p + 2) });
}
