import { AccountRootPrincipal, AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type SigningAlgorithm, signingAlgorithms } from '../contract/signing.ts';

export interface SigningKeyPolicyOptions {
  readonly algorithm: SigningAlgorithm;
  /** ARN of the one role that may sign; may be a token that resolves late. */
  readonly signerRoleArn: string;
  /** ARN of the account's root user. */
  readonly rootArn: string;
  /** ARNs (`*` and `?` allowed) of roles for emergencies. */
  readonly breakGlassRoleArns: readonly string[];
  /** ARNs of the roles that deploy the stack. */
  readonly deploymentRoleArns: readonly string[];
  /** Regions into which the deployment may replicate a multi-Region key. */
  readonly replicaRegions: readonly string[];
}

/** What stops a key, or makes it usable by other means than its policy; no deployment needs any of it. */
const emergencyActions = [
  'kms:CreateGrant',
  'kms:DeleteImportedKeyMaterial',
  'kms:DisableKey',
  'kms:ImportKeyMaterial',
  'kms:ReplicateKey',
  'kms:ScheduleKeyDeletion',
  'kms:UpdatePrimaryRegion',
];

/**
 * The key policy of a signing key. The account's IAM policies decide what is allowed; the key itself denies what no policy
 * elsewhere may allow by mistake. Roles are named in conditions, never as principals: the name of a deleted principal turns
 * into an opaque id on a key that outlives it. The root user and the deployment role keep the right to change the policy, so
 * that no deployment can lock the account out of its key.
 */
export function signingKeyPolicy(options: SigningKeyPolicyOptions): PolicyDocument {
  const { signerRoleArn, rootArn, breakGlassRoleArns, deploymentRoleArns, replicaRegions } = options;
  const { kmsAlgorithm, messageType } = signingAlgorithms[options.algorithm];
  const emergency = [rootArn, ...breakGlassRoleArns];
  const deployment = [...emergency, ...deploymentRoleArns];
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'AccountDecides',
        principals: [new AccountRootPrincipal()],
        actions: ['kms:*'],
        resources: ['*'],
      }),
      deny('OnlyTheSignerSigns', ['kms:Sign'], { ArnNotEquals: { 'aws:PrincipalArn': signerRoleArn } }),
      // Two statements, since the conditions of one are a conjunction.
      deny('OnlyWithItsAlgorithm', ['kms:Sign'], { StringNotEquals: { 'kms:SigningAlgorithm': kmsAlgorithm } }),
      deny('OnlyItsMessageType', ['kms:Sign'], { StringNotEquals: { 'kms:MessageType': messageType } }),
      deny(
        'OnlyEmergencyStopsTheKey',
        emergencyActions.filter((action) => action !== 'kms:ReplicateKey' || replicaRegions.length === 0),
        { ArnNotLike: { 'aws:PrincipalArn': emergency } },
      ),
      deny('OnlyDeploymentChangesAccess', ['kms:PutKeyPolicy', 'kms:TagResource', 'kms:UntagResource'], {
        ArnNotLike: { 'aws:PrincipalArn': deployment },
      }),
      ...(replicaRegions.length > 0 ? replication(emergency, deployment, replicaRegions) : []),
    ],
  });
}

/** A replica has a policy of its own, so that whoever replicates a key decides who signs with it. */
const replication = (emergency: string[], deployment: string[], regions: readonly string[]): PolicyStatement[] => [
  deny('OnlyDeploymentReplicates', ['kms:ReplicateKey'], { ArnNotLike: { 'aws:PrincipalArn': deployment } }),
  deny('OnlyIntoTheseRegions', ['kms:ReplicateKey'], {
    ArnNotLike: { 'aws:PrincipalArn': emergency },
    StringNotEquals: { 'kms:ReplicaRegion': [...regions] },
  }),
];

function deny(sid: string, actions: string[], conditions: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({
    sid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions,
    resources: ['*'],
    conditions,
  });
}
