import { decodeText, isBase64url } from '../verify/base64url.ts';
import { isRecord, parseStrictJson } from '../verify/strict-json.ts';

/** A token, and when it was asked for. */
export interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970 by this machine's clock, just before the request. */
  readonly obtainedAt: number;
  /** Order among requests and sign-outs of all tabs. */
  readonly order: number;
}

const maxTokenLength = 8192;

/** What a token says of itself; nothing when it is not a JWT. It is not verified: whom the token is for does that. */
function claimsOf(token: unknown): Record<string, unknown> {
  if (typeof token !== 'string' || token.length > maxTokenLength) return {};
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isBase64url)) return {};
  try {
    const claims = parseStrictJson(decodeText(parts[1]!));
    return isRecord(claims) ? claims : {};
  } catch {
    return {};
  }
}

/**
 * Seconds that a token is valid in all; undefined when it does not say so. A lifetime and no moment, so that a wrong clock on this
 * machine does no harm.
 */
export function lifetimeOf(token: unknown): number | undefined {
  const { exp, iat } = claimsOf(token);
  if (typeof exp !== 'number' || typeof iat !== 'number') return undefined;
  const lifetime = exp - iat;
  return lifetime > 0 && Number.isFinite(lifetime) ? lifetime : undefined;
}

/** Are both of one user? Not when one does not say whose it is. */
export function areOfOneUser(one: string, other: string): boolean {
  const { sub } = claimsOf(one);
  return typeof sub === 'string' && sub === claimsOf(other).sub;
}

/** An access token that was stored or sent by another tab; undefined for anything else. */
export function readAccessToken(value: unknown): AccessToken | undefined {
  if (!isRecord(value)) return undefined;
  const { token, obtainedAt, order } = value;
  if (!Number.isFinite(obtainedAt) || !Number.isFinite(order) || lifetimeOf(token) === undefined) return undefined;
  return { token: token as string, obtainedAt: obtainedAt as number, order: order as number };
}

/**
 * Is it valid for at least `skew` more seconds? Of a token that lives shorter than twice that, for half of its life. A clock that
 * was set back makes it old.
 */
export function isFresh({ token, obtainedAt }: AccessToken, { skew, now }: { skew: number; now: number }): boolean {
  const lifetime = lifetimeOf(token) ?? 0;
  const age = (now - obtainedAt) / 1000;
  return age >= 0 && age < lifetime - Math.min(skew, lifetime / 2);
}
