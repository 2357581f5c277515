/** Why a token is not accepted. For the log of the resource server: its clients get one answer, whatever the reason. */
export type VerificationErrorCode =
  /** There is no bearer token in the request. */
  | 'TOKEN_MISSING'
  /** The Authorization header is not one bearer token. */
  | 'AUTHORIZATION_MALFORMED'
  /** Not a compact JWS with strict base64url, UTF-8 and JSON, or a `kid` that cannot be one. */
  | 'TOKEN_MALFORMED'
  /** Longer than `maxTokenLength`. */
  | 'TOKEN_TOO_LARGE'
  /** Brings its own key, or asks for processing that a signed JWT has no need of. */
  | 'HEADER_NOT_ALLOWED'
  /** `alg` is not one of `algorithms`. */
  | 'ALGORITHM_NOT_ALLOWED'
  /** The header's `typ` is another than `typ`. */
  | 'TYPE_MISMATCH'
  /** The issuer has no such key, or not for this algorithm. */
  | 'KEY_UNKNOWN'
  /** The issuer's key cannot verify: too short, on another curve, or not supported by this runtime. */
  | 'KEY_UNUSABLE'
  /** The keys could not be fetched: nothing is known of the token. */
  | 'KEYS_UNAVAILABLE'
  | 'SIGNATURE_INVALID'
  | 'ISSUER_MISMATCH'
  | 'AUDIENCE_MISMATCH'
  /** One of the required claims is not there. */
  | 'CLAIM_MISSING'
  /** A registered claim is not what RFC 7519 says. */
  | 'CLAIM_INVALID'
  | 'TOKEN_EXPIRED'
  /** `nbf` or `iat` is in the future. */
  | 'TOKEN_NOT_YET_VALID'
  /** Issued longer ago than `maxTokenAge`. */
  | 'TOKEN_TOO_OLD'
  /** Valid for longer than `maxTokenLifetime`. */
  | 'LIFETIME_TOO_LONG';

/** What is known of a token that is not accepted. `sub` and `jti` are there only when its signature was good. */
export interface TokenDetails {
  readonly kid?: string | undefined;
  readonly sub?: string | undefined;
  readonly jti?: string | undefined;
}

export interface VerificationErrorOptions extends ErrorOptions {
  readonly details?: TokenDetails;
  readonly retryAfter?: number;
}

/** A token is not accepted. The message never holds the token. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly details: TokenDetails;
  /** With `KEYS_UNAVAILABLE`: seconds until it is worth another try. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: VerificationErrorCode,
    message: string,
    { details = {}, retryAfter, ...options }: VerificationErrorOptions = {},
  ) {
    super(message, options);
    this.details = details;
    this.retryAfter = retryAfter;
  }
}

/** A value from a token, fit for a message: quoted, and of bounded length. */
export const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 100);
