import { DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * ARN of the role by which CloudFormation deploys the stack of `scope`: that of the CDK bootstrap with the given qualifier, or else
 * as the stack's synthesizer names it.
 */
export function executionRoleArn(scope: Construct, bootstrapQualifier?: string): string {
  const { synthesizer } = outermostStack(Stack.of(scope));
  const arn = bootstrapQualifier
    ? qualified(DefaultStackSynthesizer.DEFAULT_CLOUDFORMATION_ROLE_ARN, bootstrapQualifier)
    : synthesizer.cloudFormationExecutionRole;
  if (!arn) {
    throw new Error(
      `deploymentRoleArns: is missing, and the stack's synthesizer '${synthesizer.constructor.name}' names no execution role; ` +
        'give the ARNs of the roles that deploy',
    );
  }
  return filledIn(scope, arn);
}

/** ARN of the role that starts deployments of the stack of `scope`; undefined where its synthesizer names none. */
export function deployRoleArn(scope: Construct, bootstrapQualifier?: string): string | undefined {
  const { synthesizer } = outermostStack(Stack.of(scope));
  if (bootstrapQualifier) {
    return filledIn(scope, qualified(DefaultStackSynthesizer.DEFAULT_DEPLOY_ROLE_ARN, bootstrapQualifier));
  }
  return synthesizer instanceof DefaultStackSynthesizer ? filledIn(scope, synthesizer.deployRoleArn) : undefined;
}

const qualified = (arn: string, qualifier: string): string => arn.replaceAll(/\$\{Qualifier\}/g, qualifier);

/** What the synthesizer could not fill in is written for Fn::Sub. */
function filledIn(scope: Construct, arn: string): string {
  const { account, partition, region } = outermostStack(Stack.of(scope));
  const values: Record<string, string> = { Partition: partition, AccountId: account, Region: region };
  return arn.replaceAll(/\$\{AWS::(Partition|AccountId|Region)\}/g, (_, name: string) => values[name]!);
}

/** What is wrong with the qualifier of a CDK bootstrap; `undefined` when nothing is. */
export const qualifierProblem = (qualifier: string): string | undefined =>
  /^[A-Za-z0-9_-]{1,10}$/.test(qualifier)
    ? undefined
    : `'${qualifier}' is not allowed; allowed are up to 10 letters, digits, hyphens and underscores, as given to 'cdk bootstrap --qualifier'`;

const outermostStack = (stack: Stack): Stack =>
  stack.nestedStackParent ? outermostStack(stack.nestedStackParent) : stack;
