import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** ARN of the role by which CloudFormation deploys the stack of `scope`, as its synthesizer names it. */
export function executionRoleArn(scope: Construct): string {
  const { account, partition, region, synthesizer } = outermostStack(Stack.of(scope));
  const values: Record<string, string> = { Partition: partition, AccountId: account, Region: region };
  const arn = synthesizer.cloudFormationExecutionRole;
  if (!arn) {
    throw new Error(
      `deploymentRoleArns: is missing, and the stack's synthesizer '${synthesizer.constructor.name}' names no execution role; ` +
        'give the ARNs of the roles that deploy',
    );
  }
  // What the synthesizer could not fill in is written for Fn::Sub.
  return arn.replaceAll(/\$\{AWS::(Partition|AccountId|Region)\}/g, (_, name: string) => values[name]!);
}

const outermostStack = (stack: Stack): Stack =>
  stack.nestedStackParent ? outermostStack(stack.nestedStackParent) : stack;
