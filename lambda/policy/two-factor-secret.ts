import type { GenericEndpointContext } from 'better-auth';
import { symmetricDecrypt } from 'better-auth/crypto';

/** Before secrets that were brought from another system, in Better Auth's store. */
const importedPrefix = 'base32:';
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The key of the user's authenticator, as Better Auth keeps it: its own are used as text, imported ones are base32. */
export async function authenticatorKey({ context }: GenericEndpointContext, encrypted: string): Promise<Buffer> {
  const secret = await symmetricDecrypt({ key: context.secretConfig, data: encrypted });
  return secret.startsWith(importedPrefix) ? base32(secret.slice(importedPrefix.length)) : Buffer.from(secret);
}

/** RFC 4648, section 6. */
export function base32(text: string): Buffer {
  const bits = [...text.toUpperCase().replace(/[= ]/g, '')]
    .map((character) => alphabet.indexOf(character).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
