import { runSimulation } from '@cloud-copilot/iam-simulate';
import { account } from './account.ts';
import type { Principal } from './principals.ts';
import { arnOf, type Resources, resolve } from './resolve.ts';

export interface KeyRequest {
  readonly action: string;
  /** Condition keys of KMS, such as `kms:SigningAlgorithm`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** What IAM and the key policy together answer: whether the request is allowed. Throws when it cannot be evaluated. */
export async function isAllowed(
  principal: Principal,
  { action, context = {} }: KeyRequest,
  keyId: string,
  resources: Resources,
): Promise<boolean> {
  const key = resources[keyId]!;
  const result = await runSimulation(
    {
      request: {
        principal: principal.arn,
        action,
        resource: { resource: arnOf(keyId, key), accountId: account },
        contextVariables: { 'aws:PrincipalArn': principal.arn, ...context },
      },
      identityPolicies: principal.policies.map((policy, index) => ({ name: `policy ${index}`, policy })),
      resourcePolicy: resolve(key.Properties.KeyPolicy, resources),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') {
    throw new Error(`${action} by ${principal.name} cannot be evaluated: ${JSON.stringify(result.errors)}`);
  }
  if (result.resultType === 'single' && (result.result.ignoredContextKeys ?? []).length > 0) {
    throw new Error(`${action} ignores the condition keys ${result.result.ignoredContextKeys?.join(', ')}`);
  }
  return result.overallResult === 'Allowed';
}
