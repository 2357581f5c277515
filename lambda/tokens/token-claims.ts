import type { Session, User } from 'better-auth';

/** Claims of RFC 7519, which are set further on; what a fork says of them is dropped. */
const registered = {
  iss: undefined,
  sub: undefined,
  aud: undefined,
  exp: undefined,
  nbf: undefined,
  iat: undefined,
  jti: undefined,
};

/** Claims of a fork's own. */
export type CustomClaims = Readonly<Record<string, unknown>> & Readonly<Partial<typeof registered>>;

export interface TokenSession {
  readonly user: User & Record<string, unknown>;
  readonly session: Session & Record<string, unknown>;
}

/** Runs for each token. What it throws ends the request; anyone who holds the token can read what it returns. */
export type TokenClaims = (session: TokenSession) => CustomClaims | Promise<CustomClaims>;

/** The claims of a user's token beside `iss`, `sub`, `aud` and `exp`: little by default, since tokens are logged and passed on. */
export async function userClaims(
  session: TokenSession,
  custom: TokenClaims | undefined,
  issuedAt: number,
): Promise<Record<string, unknown>> {
  const { email, role } = session.user;
  return { email, ...(role ? { role } : {}), ...(await custom?.(session)), ...registered, iat: issuedAt };
}
