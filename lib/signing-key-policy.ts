import { AccountRootPrincipal, AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';

export interface SigningKeyPolicyOptions {
  /** ARN of the one role that may sign; may be a token that resolves late. */
  readonly signerRoleArn: string;
  /** ARN of the account's root user. */
  readonly rootArn: string;
  /** ARNs (`*` and `?` allowed) of roles for emergencies. */
  readonly breakGlassRoleArns: readonly string[];
  /** ARNs of the roles that deploy the stack. */
  readonly deploymentRoleArns: readonly string[];
}

/**
 * The key policy of a signing key. The account's IAM policies decide what is allowed; the key itself denies what no policy
 * elsewhere may allow by mistake. Roles are named in conditions, never as principals: the name of a deleted principal turns
 * into an opaque id on a key that outlives it. The root user and the deployment role keep the right to change the policy, so
 * that no deployment can lock the account out of its key.
 */
export function signingKeyPolicy(options: SigningKeyPolicyOptions): PolicyDocument {
  const emergency = [options.rootArn, ...options.breakGlassRoleArns];
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'AccountDecides',
        principals: [new AccountRootPrincipal()],
        actions: ['kms:*'],
        resources: ['*'],
      }),
      deny('OnlyTheSignerSigns', ['kms:Sign'], { ArnNotEquals: { 'aws:PrincipalArn': options.signerRoleArn } }),
      deny('OnlyEmergencyStopsTheKey', ['kms:DeleteImportedKeyMaterial', 'kms:DisableKey', 'kms:ScheduleKeyDeletion'], {
        ArnNotLike: { 'aws:PrincipalArn': emergency },
      }),
      deny(
        'OnlyDeploymentChangesAccess',
        ['kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ReplicateKey', 'kms:UpdatePrimaryRegion'],
        {
          ArnNotLike: { 'aws:PrincipalArn': [...emergency, ...options.deploymentRoleArns] },
        },
      ),
    ],
  });
}

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
