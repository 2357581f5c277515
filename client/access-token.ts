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

/**
 * Seconds that a token is valid in all, by what it says of itself; undefined when it is not a JWT that says so. It is not verified:
 * whom the token is for does that. A lifetime and no moment, so that a wrong clock on this machine does no harm.
 */
export function lifetimeOf(token: unknown): number | undefined {
  if (typeof token !== 'string' || token.length > maxTokenLength) return undefined;
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isBase64url)) return undefined;
  try {
    const claims = parseStrictJson(decodeText(parts[1]!));
    if (!isRecord(claims) || typeof claims.exp !== 'number' || typeof claims.iat !== 'number') return undefined;
    const lifetime = claims.exp - claims.iat;
    return lifetime > 0 && Number.isFinite(lifetime) ? lifetime : undefined;
  } catch {
    return undefined;
  }
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
