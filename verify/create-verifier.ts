import { type JWTVerifyOptions, jwtVerify } from 'jose';
import { bearerToken } from './bearer-token.ts';
import { cachedKeys } from './cached-keys.ts';
import { alwaysRequired, checkClaims, type VerifiedClaims } from './claims.ts';
import { fetchKeys } from './fetch-keys.ts';
import { type FindKey, findKeyIn } from './find-key.ts';
import { readOptions, type VerifierOptions, type VerifierSettings } from './options.ts';
import { headerReader } from './token-header.ts';
import { translateError } from './translate-error.ts';
import { acceptedEvent, refusedEvent, report } from './verifier-event.ts';

/** Verifies access tokens of one issuer for one audience. */
export interface Verifier {
  /** The claims of a token that is good in every way. Rejects with `VerificationError`, and with nothing else. */
  verify(token: string): Promise<VerifiedClaims>;
  /** The same for the value of an `Authorization` header; several values joined by commas are refused. */
  verifyAuthorization(authorization: string | null | undefined): Promise<VerifiedClaims>;
}

/** Makes a verifier of Gatehouse's tokens. Make one, and keep it: it holds the keys. Throws `OptionError`. */
export function createVerifier(options: VerifierOptions): Verifier {
  const settings = readOptions(options);
  const { issuer, audience, algorithms, typ, clockTolerance, maxTokenAge, maxTokenLifetime, onEvent, now } = settings;
  const requiredClaims = [...alwaysRequired, ...settings.requiredClaims];
  // One object for all tokens: a copy for each, with its date, would cost a tenth of a verification.
  const expected: JWTVerifyOptions = {
    issuer,
    audience,
    algorithms,
    typ,
    clockTolerance,
    maxTokenAge,
    requiredClaims,
    get currentDate() {
      return now();
    },
  };
  const readHeader = headerReader(algorithms);
  const findKey = keysOf(settings);

  async function verify(tokenOf: () => string): Promise<VerifiedClaims> {
    let kid: string | undefined;
    try {
      const token = tokenOf();
      const header = readHeader(token);
      kid = header.kid;
      const found = findKey(header);
      const key = found instanceof Promise ? await found : found;
      const { payload } = await jwtVerify(token, key, expected);
      checkClaims(payload, { token, kid, maxTokenLifetime });
      if (onEvent) report(onEvent, acceptedEvent(kid, payload));
      return payload;
    } catch (cause) {
      const error = translateError(cause, kid);
      if (onEvent) report(onEvent, refusedEvent(error));
      throw error;
    }
  }
  return {
    verify: (token) => verify(() => token),
    verifyAuthorization: (authorization) => verify(() => bearerToken(authorization)),
  };
}

function keysOf({ issuer, jwks, fetch, timeout, cooldown, keysMaxAge, keysMaxStale, now }: VerifierSettings): FindKey {
  if (jwks && !(jwks instanceof URL)) return findKeyIn(jwks);
  const load = () => fetchKeys({ issuer, jwks, fetch, timeout });
  return cachedKeys({ load, timeout, maxAge: keysMaxAge, maxStale: keysMaxStale, cooldown, now });
}
