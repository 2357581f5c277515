import { decodeBinary } from './base64url.ts';
import { namesMemberTwice } from './strict-json.ts';
import { shown, VerificationError, type VerificationErrorCode } from './verification-error.ts';

/** The claims of a token that was accepted. Of claims beside the registered ones nothing is known: narrow them before use. */
export interface VerifiedClaims {
  readonly iss: string;
  /** The user's id. */
  readonly sub: string;
  readonly aud: string | readonly string[];
  /** Seconds since 1970, as are `exp` and `nbf`. */
  readonly iat: number;
  readonly exp: number;
  readonly nbf?: number;
  readonly jti?: string;
  readonly [claim: string]: unknown;
}

/** What every token must have. */
export const alwaysRequired = ['iss', 'aud', 'sub', 'iat', 'exp'] as const;

/** In UTF-8, one character a byte. */
const byteOrderMark = '\u00ef\u00bb\u00bf';

export interface CheckClaimsInput {
  /** The token that the claims are of. */
  readonly token: string;
  readonly kid: string;
  /** Seconds. */
  readonly maxTokenLifetime: number;
}

/**
 * Checks what is left when signature, issuer, audience and dates were: that nothing is said twice, types (RFC 7519 section 4.1),
 * and how long the token is valid in all. Throws `VerificationError`.
 */
export function checkClaims(
  claims: Readonly<Record<string, unknown>>,
  { token, kid, maxTokenLifetime }: CheckClaimsInput,
): asserts claims is VerifiedClaims {
  const problem = problemOf(claims, token) ?? lifetimeProblem(claims, maxTokenLifetime);
  if (!problem) return;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const details = { kid, sub: text(claims.sub), jti: text(claims.jti) };
  throw new VerificationError(problem.code, problem.message, { details });
}

interface Problem {
  readonly code: VerificationErrorCode;
  readonly message: string;
}

function problemOf(claims: Readonly<Record<string, unknown>>, token: string): Problem | undefined {
  const payload = decodeBinary(token.slice(token.indexOf('.') + 1, token.lastIndexOf('.')));
  if (payload.startsWith(byteOrderMark) || namesMemberTwice(payload, claims)) {
    const message = 'the payload begins with a byte order mark, or names a member twice';
    return { code: 'TOKEN_MALFORMED', message };
  }
  const { sub, aud, jti } = claims;
  if (typeof sub !== 'string' || sub === '') return invalid('sub', sub, 'a string that is not empty');
  if (Array.isArray(aud) && aud.some((one) => typeof one !== 'string')) return invalid('aud', aud, 'all strings');
  if (jti !== undefined && typeof jti !== 'string') return invalid('jti', jti, 'a string');
  return undefined;
}

function lifetimeProblem({ exp, iat }: Readonly<Record<string, unknown>>, max: number): Problem | undefined {
  const lifetime = (exp as number) - (iat as number);
  if (lifetime <= 0) return invalid('exp', exp, "later than 'iat'");
  // Written so that no infinity passes.
  if (lifetime <= max) return undefined;
  return { code: 'LIFETIME_TOO_LONG', message: `the token is valid for ${lifetime} seconds; allowed are ${max}` };
}

const invalid = (claim: string, value: unknown, allowed: string): Problem => ({
  code: 'CLAIM_INVALID',
  message: `claim '${claim}' is ${shown(value)}; it must be ${allowed}`,
});
