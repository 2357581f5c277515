import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const [aws, nist, hipaa, pci] = ['AwsSolutions', 'NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** The packs of cdk-nag that have a rule, for the rules that Gatehouse does not follow to the letter. */
const packsWith = {
  APIG4: [aws],
  APIGWCacheEnabledAndEncrypted: [nist, hipaa, pci],
  APIGWSSLEnabled: [nist, hipaa, pci],
  APIGWXrayEnabled: [hipaa],
  COG4: [aws],
  IAM4: [aws],
  IAM5: [aws],
  IAMNoInlinePolicy: [nist, hipaa, pci],
  LambdaConcurrency: [nist, hipaa],
  LambdaDLQ: [nist, hipaa],
  LambdaInsideVPC: [nist, hipaa, pci],
  S1: [aws],
  S3BucketLoggingEnabled: [nist, hipaa, pci],
  S3BucketReplicationEnabled: [nist, hipaa, pci],
  SecretsManagerRotationEnabled: [nist, hipaa],
  SMG4: [aws],
} as const;

/** Says why a rule of cdk-nag does not bind `construct`. `finding` is the part in brackets of rules that have one. */
export function acknowledge(
  construct: IConstruct,
  rule: keyof typeof packsWith,
  reason: string,
  finding?: string,
): void {
  const ids = packsWith[rule].map((pack) => `${pack}-${rule}${finding ? `[${finding}]` : ''}`);
  Validations.of(construct).acknowledge(...ids.map((id) => ({ id, reason })));
}

/** For a role whose policy is written into it. `named` is what the policy is about, such as 'one function'. */
export function acknowledgeOwnPolicy(role: IConstruct, named: string): void {
  acknowledge(
    role,
    'IAMNoInlinePolicy',
    `The policy names ${named} and ends with its role. A managed policy could be attached to other roles, and outlive this one.`,
  );
}

/** `resource` of a service in the stack's account and Region, as cdk-nag writes it in a finding. */
export function findingArn(construct: IConstruct, service: string, resource: string): string {
  const { partition, region, account } = Stack.of(construct);
  const shown = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  return `arn:${shown(partition, 'Partition')}:${service}:${shown(region, 'Region')}:${shown(account, 'AccountId')}:${resource}`;
}
