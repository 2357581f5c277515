import type { TamperPattern } from './pattern.ts';

/**
 * What CloudFormation does is left out of the other patterns, so this one has who sends it. A deployment by the role of the CDK
 * bootstrap is expected; the same by anybody else is not, and neither is the end of the stack's protection by anybody.
 * @param deployRoleArn the role that starts deployments
 */
export function stackChanges(stackName: string, stackId: string, deployRoleArn: string | undefined): TamperPattern {
  const requestParameters = { stackName: [stackName, stackId] };
  const always = ['DeleteStack', 'SetStackPolicy', 'UpdateTerminationProtection'];
  const deployments = ['CreateChangeSet', 'ExecuteChangeSet', 'UpdateStack'];
  return {
    subject: 'the stack',
    pattern: {
      source: ['aws.cloudformation'],
      detailType: ['AWS API Call via CloudTrail'],
      detail: {
        requestParameters,
        $or: [
          { eventName: always },
          ...(deployRoleArn
            ? [
                {
                  eventName: deployments,
                  userIdentity: { sessionContext: { sessionIssuer: { arn: [{ 'anything-but': deployRoleArn }] } } },
                },
                { eventName: deployments, userIdentity: { type: ['IAMUser', 'Root'] } },
              ]
            : []),
        ],
      },
    },
  };
}
