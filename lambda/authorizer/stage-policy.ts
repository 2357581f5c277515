import type { APIGatewayAuthorizerResult } from 'aws-lambda';

/**
 * A policy for the whole stage of the API. API Gateway keeps it by token, and judges by it what the token does next on any method:
 * a policy for one method would refuse the others while it is kept. It counts for methods with this authorizer only.
 */
export function stagePolicy(
  effect: 'Allow' | 'Deny',
  methodArn: string,
  principalId: string,
  context?: Record<string, string>,
): APIGatewayAuthorizerResult {
  // arn:aws:execute-api:eu-west-1:111122223333:api-id/stage/GET/path
  const stageArn = methodArn.split('/', 2).join('/');
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: `${stageArn}/*` }],
    },
    ...(context && { context }),
  };
}
