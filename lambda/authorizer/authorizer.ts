import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { AuthorizerSettings } from '../../contract/authorizer.ts';
import { VerificationError, type VerifiedClaims, type Verifier } from '../../verify/index.ts';
import { authorizationHeader } from './authorization-header.ts';
import { claimsContext } from './claims-context.ts';
import { missingEntitlement } from './entitlement.ts';
import { logRefusal } from './log-refusal.ts';
import { stagePolicy } from './stage-policy.ts';

export type AuthorizerInput = Pick<
  AuthorizerSettings,
  'identityHeader' | 'requiredScopes' | 'requiredClaims' | 'contextClaims'
> & { readonly verifier: Pick<Verifier, 'verifyAuthorization'> };

/**
 * Answers API Gateway: Allow for a token that is good in every way, Deny (403) for one that is genuine but not entitled; both may be
 * kept as long as the token. Throws `Unauthorized`, which API Gateway answers with 401, for every other token, and
 * `VerificationError` with `KEYS_UNAVAILABLE`, which it answers with 500, while nobody can tell; it keeps neither.
 */
export function createAuthorizer({ verifier, identityHeader, contextClaims, ...required }: AuthorizerInput) {
  return async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const claims = await verified(event);
    const context = claimsContext(claims, contextClaims);
    const code = missingEntitlement(claims, required) ?? (context ? undefined : 'CLAIMS_TOO_LARGE');
    if (!code) return stagePolicy('Allow', event.methodArn, claims.sub, context);
    logRefusal(event, { status: 403, code, details: { sub: claims.sub, jti: claims.jti } });
    return stagePolicy('Deny', event.methodArn, claims.sub);
  };

  async function verified(event: APIGatewayRequestAuthorizerEvent): Promise<VerifiedClaims> {
    try {
      return await verifier.verifyAuthorization(authorizationHeader(event, identityHeader));
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      const { code, details } = error;
      logRefusal(event, { status: code === 'KEYS_UNAVAILABLE' ? 500 : 401, code, details });
      if (code === 'KEYS_UNAVAILABLE') throw error;
      // To the letter, and the same for every token: API Gateway answers 401 to this message only.
      throw new Error('Unauthorized');
    }
  }
}
