import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { TokenDetails } from '../../verify/index.ts';
import type { AuditEventId } from '../audit/catalogue.ts';
import { toOcsf } from '../audit/ocsf.ts';
import { safeText } from '../audit/safe-text.ts';

export interface Refusal {
  /** What API Gateway answers. */
  readonly status: 401 | 403 | 500;
  /** Of a `VerificationError`, or what the token is missing. */
  readonly code: string;
  readonly details: TokenDetails;
}

/** Writes the audit event of a refused request, whose client is not told why. Never the token. */
export function logRefusal(
  { requestContext, httpMethod, resource }: APIGatewayRequestAuthorizerEvent,
  { status, code, details }: Refusal,
): void {
  const { requestId, identity } = requestContext;
  const { sub, ...token } = details;
  const event = eventOf(status, code);
  const audit = toOcsf(event, {
    requestId,
    time: new Date(),
    code,
    userId: sub,
    ip: identity.sourceIp,
    // As it is configured: what clients put in a path is theirs.
    http: { method: httpMethod, path: resource, status },
    unmapped: token,
  });
  console.warn(JSON.stringify({ level: status === 500 ? 'ERROR' : 'WARN', message: event, audit }, safeText));
}

function eventOf(status: Refusal['status'], code: string): AuditEventId {
  if (status === 500) return 'token_unverifiable';
  if (status === 403) return 'token_not_entitled';
  return code === 'TOKEN_EXPIRED' || code === 'TOKEN_TOO_OLD' ? 'token_expired' : 'token_invalid';
}
