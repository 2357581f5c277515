import { Token } from 'aws-cdk-lib';

/** Wildcards in the name only, beside a character of its own: a pattern that fits every role is no list of roles. */
const roleArn = /^arn:[a-z-]+:iam::\d{12}:role\/(?=.*[^*?/])\S+$/;

/** What is wrong with a role's ARN in a condition; `undefined` when nothing is. */
export function roleArnProblem(arn: string): string | undefined {
  return Token.isUnresolved(arn) || roleArn.test(arn)
    ? undefined
    : `'${arn}' is not allowed; allowed are ARNs of roles such as 'arn:aws:iam::111122223333:role/break-glass', with wildcards in part of the name only`;
}

/** Throws what is wrong with a setting that lists role ARNs. */
export function requireRoleArns(setting: string, arns: readonly string[] = []): void {
  const problems = arns.map(roleArnProblem).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new Error(`${setting}: ${problems.join('; ')}`);
}
