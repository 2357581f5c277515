import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ScryptCost } from '../../../contract/scrypt-cost.ts';
import { deriveKey } from './derive-key.ts';
import { isCheaper, missingWork } from './equal-work.ts';
import type { PasswordHasher } from './password-options.ts';
import { noPepper, type Pepper, type PepperRing } from './pepper.ts';
import { formatHash, parseHash, type ScryptHash } from './scrypt-hash.ts';

const saltBytes = 16;
const keyBytes = 32;

/** Hashes to PHC strings; verifies those of any cost and pepper, and Better Auth's own format. */
export function scryptHasher(cost: ScryptCost, peppers: PepperRing = noPepper): PasswordHasher {
  async function matches(password: string, stored: ScryptHash): Promise<boolean> {
    const pepper = stored.pepperId === undefined ? undefined : await peppers.byId(stored.pepperId);
    const key = await deriveKey(secretOf(password, pepper), stored.salt, stored.cost, stored.key.length);
    return timingSafeEqual(key, stored.key);
  }

  return {
    async hash(password) {
      const pepper = await peppers.current();
      const salt = randomBytes(saltBytes);
      const key = await deriveKey(secretOf(password, pepper), salt, cost, keyBytes);
      return formatHash({ cost, pepperId: pepper?.id, salt, key });
    },

    async verify({ password, hash }) {
      const stored = parseHash(hash);
      if (stored && (await matches(password, stored))) return true;
      const missing = missingWork(stored?.cost, cost);
      if (missing) await deriveKey(password, randomBytes(saltBytes), missing, keyBytes);
      return false;
    },

    async needsRehash(hash) {
      const stored = parseHash(hash);
      return (
        stored !== undefined && (isCheaper(stored.cost, cost) || stored.pepperId !== (await peppers.current())?.id)
      );
    },
  };
}

/**
 * NFKC, so that a password typed on another keyboard is the same password (NIST SP 800-63B-4 section 3.1.1.2). The pepper goes in
 * before scrypt: without it a stolen table cannot be attacked at all.
 */
function secretOf(password: string, pepper: Pepper | undefined): string | Buffer {
  const text = password.normalize('NFKC');
  return pepper ? createHmac('sha256', pepper.key).update(text).digest() : text;
}
