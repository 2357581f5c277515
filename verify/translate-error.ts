import { errors } from 'jose';
import { type TokenDetails, VerificationError, type VerificationErrorCode } from './verification-error.ts';

const mismatches: Record<string, VerificationErrorCode> = {
  iss: 'ISSUER_MISMATCH',
  aud: 'AUDIENCE_MISMATCH',
  typ: 'TYPE_MISMATCH',
  nbf: 'TOKEN_NOT_YET_VALID',
  iat: 'TOKEN_NOT_YET_VALID',
};

/** Makes a `VerificationError` of whatever jose or WebCrypto throws about a token that names the key `kid`. */
export function translateError(error: unknown, kid: string | undefined): VerificationError {
  if (error instanceof VerificationError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new VerificationError(codeOf(error), message, { cause: error, details: detailsOf(error, kid) });
}

function codeOf(error: unknown): VerificationErrorCode {
  if (error instanceof errors.JWTExpired) return error.claim === 'iat' ? 'TOKEN_TOO_OLD' : 'TOKEN_EXPIRED';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return 'CLAIM_MISSING';
    return (error.reason === 'check_failed' && mismatches[error.claim]) || 'CLAIM_INVALID';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'SIGNATURE_INVALID';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'KEY_UNKNOWN';
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'TOKEN_MALFORMED';
  return 'KEY_UNUSABLE';
}

/** The signature was good when jose came to the claims. */
function detailsOf(error: unknown, kid: string | undefined): TokenDetails {
  if (!(error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)) return { kid };
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { kid, sub: text(error.payload.sub), jti: text(error.payload.jti) };
}
