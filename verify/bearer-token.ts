import { VerificationError } from './verification-error.ts';

/** RFC 6750 section 2.1; schemes are case-insensitive. Several headers arrive joined by commas, which no token has. */
const bearer = /^bearer +([\w.~+/-]+=*)$/i;

/**
 * The token of an `Authorization` header. Tokens in a query or a body are not looked for: they end up in logs.
 * Throws `VerificationError`.
 */
export function bearerToken(authorization: string | null | undefined): string {
  if (authorization === null || authorization === undefined || !/^bearer\b/i.test(authorization)) {
    throw new VerificationError('TOKEN_MISSING', 'the request has no bearer token');
  }
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) {
    throw new VerificationError('AUTHORIZATION_MALFORMED', 'the Authorization header is not one bearer token');
  }
  return token;
}
