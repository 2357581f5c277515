import type { SecretRing } from './secret-ring.ts';
import { mac, signerOf, signValue, verifySigned } from './signed-value.ts';

/** What was found signed in one part of a request. */
export interface SignedPart {
  /** The part, signed by the version that signs now. */
  readonly text: string;
  /** What was signed. */
  readonly value: string;
  /** Whether it was signed by another version before. */
  readonly renewed: boolean;
}

export type Found = SignedPart | 'unknown' | undefined;

/** A cookie's value, or a bearer token: percent-encoded or not. */
export function signedText(text: string, ring: SecretRing): Found {
  const verified = verifySigned(decoded(text), ring);
  if (verified === undefined || verified === 'unknown') return verified;
  const renewed = verified.by !== ring.signing;
  const signed = renewed ? encodeURIComponent(signValue(verified.value, ring.signing)) : text;
  return { text: signed, value: verified.value, renewed };
}

/** A JSON Web Token signed with the secret itself (HS256): what an e-mail verification link carries. */
export function signedToken(token: string, ring: SecretRing): Found {
  const [, value, signature] = /^([\w-]+\.[\w-]+)\.([\w-]{43})$/.exec(token) ?? [];
  if (value === undefined || signature === undefined) return undefined;
  const by = signerOf(value, Buffer.from(signature, 'base64url'), ring);
  if (!by) return 'unknown';
  const renewed = by !== ring.signing;
  return { text: renewed ? `${value}.${mac(value, ring.signing).toString('base64url')}` : token, value, renewed };
}

function decoded(text: string): string {
  const bare = text.startsWith('"') ? text.slice(1, -1) : text;
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}
