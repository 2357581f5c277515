import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose';
import type { FlowTarget } from './flow-target.ts';

export interface Verifier {
  verify(token: string): Promise<JWTPayload>;
}

/** As a resource server with jose would: keys by URL, issuer and audience checked. */
export function joseVerifier({ url, audience = url, fetch: reach = fetch }: FlowTarget): Verifier {
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`), { [customFetch]: reach });
  return {
    verify: async (token) => (await jwtVerify(token, keys, { issuer: url, audience })).payload,
  };
}

/** As a resource server with aws-jwt-verify would; only how its keys are fetched is the target's. */
export function awsVerifier({ url, audience = url, fetch: reach = fetch }: FlowTarget): Verifier {
  const jwksCache = new SimpleJwksCache({
    fetcher: { fetch: async (uri) => (await reach(uri)).arrayBuffer() },
  });
  const verifier = JwtVerifier.create(
    { issuer: url, audience, jwksUri: `${url}/.well-known/jwks.json` },
    { jwksCache },
  );
  return { verify: (token) => verifier.verify(token) as Promise<JWTPayload> };
}
