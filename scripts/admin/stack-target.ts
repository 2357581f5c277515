import { CloudFormationClient, DescribeStacksCommand, type Output } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AdminError } from './admin-error.ts';
import type { ClientConfig, Target } from './target.ts';

/** A deployed stack, by its outputs, and who the credentials belong to. */
export async function stackTarget(stack: string, region: string | undefined): Promise<Target> {
  const aws: ClientConfig = region ? { region } : {};
  const [outputs, operator] = await Promise.all([outputsOf(stack, aws), callerOf(aws)]);
  const output = (key: string): string => {
    const value = outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
    if (value) return value;
    throw new AdminError(
      'STACK_UNKNOWN',
      `the stack '${stack}' has no output '${key}'; it is no Gatehouse, or an older one that has to be deployed anew`,
    );
  };
  return {
    name: stack,
    baseUrl: output('BaseUrl'),
    identityTable: output('IdentityTableName'),
    rateLimitTable: output('RateLimitTableName'),
    authSecret: output('AuthSecretArn'),
    auditLogGroup: output('AuditLogGroupName'),
    operator,
    dynamodb: aws,
    aws,
  };
}

async function outputsOf(stack: string, aws: ClientConfig): Promise<Output[]> {
  const client = new CloudFormationClient(aws);
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks[0]?.Outputs ?? [];
  } catch (error) {
    // CloudFormation has no error of its own for it.
    if (!(error instanceof Error) || error.name !== 'ValidationError') throw error;
    throw new AdminError('STACK_UNKNOWN', `there is no stack '${stack}' in this account and Region`, { cause: error });
  } finally {
    client.destroy();
  }
}

async function callerOf(aws: ClientConfig): Promise<string> {
  const client = new STSClient(aws);
  try {
    return (await client.send(new GetCallerIdentityCommand({}))).Arn!;
  } finally {
    client.destroy();
  }
}
