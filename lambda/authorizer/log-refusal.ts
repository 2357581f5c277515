import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { TokenDetails } from '../../verify/index.ts';

/** Writes why a request was refused, which its client is not told. Never the token. */
export function logRefusal(
  { requestContext, httpMethod, resource }: APIGatewayRequestAuthorizerEvent,
  code: string,
  details: TokenDetails,
): void {
  const { requestId, identity } = requestContext;
  const level = code === 'KEYS_UNAVAILABLE' ? 'ERROR' : 'WARN';
  const line = {
    level,
    message: 'request refused',
    code,
    requestId,
    sourceIp: identity.sourceIp,
    httpMethod,
    // As it is configured: what clients put in a path is theirs.
    resource,
    ...details,
  };
  console.warn(JSON.stringify(line));
}
