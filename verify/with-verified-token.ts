import type { VerifiedClaims } from './claims.ts';
import type { Verifier } from './create-verifier.ts';
import { refusal } from './refusal.ts';

/** Answers a request whose token was verified. What the runtime passes beside the request is passed on. */
export type AuthenticatedHandler<Rest extends unknown[]> = (
  request: Request,
  claims: VerifiedClaims,
  ...rest: Rest
) => Response | Promise<Response>;

/** Lets through to `handler` only requests with a good bearer token in `Authorization`; the others get `refusal()`. */
export function withVerifiedToken<Rest extends unknown[]>(
  verifier: Pick<Verifier, 'verifyAuthorization'>,
  handler: AuthenticatedHandler<Rest>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    let claims: VerifiedClaims;
    try {
      claims = await verifier.verifyAuthorization(request.headers.get('authorization'));
    } catch (error) {
      return refusal(error);
    }
    return handler(request, claims, ...rest);
  };
}
