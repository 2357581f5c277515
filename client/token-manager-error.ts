/** Why there is no token; stable, for programs. */
export type TokenManagerErrorCode =
  /** There was no answer: offline, refused by CORS, or the server is gone. */
  | 'NETWORK_ERROR'
  /** There was no answer in time. */
  | 'TIMEOUT'
  /** 429: asked too often. */
  | 'RATE_LIMITED'
  /** 5xx: the server cannot issue tokens at the moment. */
  | 'SERVER_UNAVAILABLE'
  /** The server issues no tokens for this audience. */
  | 'AUDIENCE_NOT_ALLOWED'
  /** What came is not what Gatehouse answers. */
  | 'RESPONSE_INVALID';

/** There is no token, and nobody knows whether the user is signed in: not the same as signed out. The message holds no token. */
export class TokenManagerError extends Error {
  override readonly name = 'TokenManagerError';
  /** Seconds until it is worth another try, when the server said so. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: TokenManagerErrorCode,
    message: string,
    { retryAfter, ...options }: ErrorOptions & { readonly retryAfter?: number | undefined } = {},
  ) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}
