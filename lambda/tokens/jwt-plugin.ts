import { randomUUID } from 'node:crypto';
import type { KMSClient } from '@aws-sdk/client-kms';
import { APIError, createAuthEndpoint, sessionMiddleware } from 'better-auth/api';
import { getJwtToken, type JwtOptions, jwt } from 'better-auth/plugins';
import type { JWTPayload } from 'jose';
import * as z from 'zod';
import { routes } from '../../contract/routes.ts';
import { tokenLifetime } from '../../contract/signing.ts';
import { recordFailure } from '../gateway/request-context.ts';
import type { ActiveKeyQuery, KeySet } from './key-set.ts';
import { SigningError, signToken } from './sign-token.ts';
import type { TokenAudiences } from './token-audiences.ts';
import { type TokenClaims, type TokenSession, userClaims } from './token-claims.ts';

export interface JwtPluginOptions {
  readonly issuer: string;
  readonly audiences: TokenAudiences;
  readonly keySet: KeySet;
  readonly kms: Pick<KMSClient, 'send'>;
  /** @default - `email` and `role` alone */
  readonly claims?: TokenClaims | undefined;
  /** @default - the system clock */
  readonly now?: (() => Date) | undefined;
}

/** Better Auth's jwt plugin, with keys in KMS, and with `GET /token?audience=` for tokens that are meant for another audience. */
export function jwtPlugin({ issuer, audiences, keySet, kms, claims, now = () => new Date() }: JwtPluginOptions) {
  const seconds = () => Math.floor(now().getTime() / 1000);
  const settings = {
    issuer,
    audience: audiences.default,
    // With its unit, else it is a moment and not a duration.
    expirationTime: `${tokenLifetime}s`,
    definePayload: (session) => userClaims(session as TokenSession, claims, seconds()),
    sign: (payload, header, config) =>
      sign(payload, header?.typ, { kid: config?.signingKeyId, algorithm: config?.signingAlgorithm }),
  } satisfies JwtOptions['jwt'];
  const options: JwtOptions = {
    // Without it every session check would sign in KMS.
    disableSettingJwtHeader: true,
    jwks: { remoteUrl: issuer + routes.jwks, keyPairConfig: { alg: keySet.activeKey().algorithm } },
    adapter: { getJwks: async () => keySet.keys.map(storedKey) },
    jwt: settings,
  };

  async function sign(payload: JWTPayload, typ: string | undefined, query: ActiveKeyQuery): Promise<string> {
    try {
      const key = keySet.activeKey(
        query.kid || query.algorithm ? query : { algorithm: audiences.algorithmFor(payload.aud) },
      );
      const complete = { ...payload, iat: payload.iat ?? seconds(), jti: payload.jti ?? randomUUID() };
      return await signToken({ kms, key, payload: complete, typ });
    } catch (error) {
      const code = error instanceof SigningError ? error.code : undefined;
      if (code === 'PAYLOAD_TOO_LARGE') throw tokenTooLarge(error as SigningError);
      recordFailure(code ?? 'SIGNING_UNAVAILABLE', error);
      throw error;
    }
  }

  const plugin = jwt(options);
  const getToken = createAuthEndpoint(
    '/token',
    { method: 'GET', requireHeaders: true, use: [sessionMiddleware], query: tokenQuery },
    async (ctx) => {
      const audience = ctx.query?.audience ?? audiences.default;
      if (!audiences.all.includes(audience)) throw audienceRefused(audience);
      return ctx.json({ token: await getJwtToken(ctx, { ...options, jwt: { ...settings, audience } }) });
    },
  );
  return { ...plugin, endpoints: { ...plugin.endpoints, getToken } };
}

const tokenQuery = z.object({ audience: z.string().max(2048).optional() }).optional();

const tokenTooLarge = ({ message }: SigningError) =>
  new APIError('UNPROCESSABLE_ENTITY', { code: 'TOKEN_TOO_LARGE', message });

/** The list is not in the message: which systems take these tokens is nobody's business. */
const audienceRefused = (audience: string) =>
  new APIError('BAD_REQUEST', {
    code: 'AUDIENCE_NOT_ALLOWED',
    message: `audience '${audience}' is not one that tokens are issued for`,
  });

/** As Better Auth stores keys; its own verification reads the public half. */
const storedKey = ({ kid, jwk }: KeySet['keys'][number]) => ({
  id: kid,
  publicKey: JSON.stringify(jwk),
  privateKey: '',
  createdAt: new Date(0),
});
