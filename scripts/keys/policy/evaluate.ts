import { runSimulation } from '@cloud-copilot/iam-simulate';
import { account } from './account.ts';
import type { Principal } from './principals.ts';
import { arnOf, type Resources, resolve } from './resolve.ts';

export interface KeyRequest {
  readonly action: string;
  /** Condition keys of KMS, such as `kms:SigningAlgorithm`. */
  readonly context?: Readonly<Record<string, string>>;
}

export interface PolicyRequest extends KeyRequest {
  /** ARN of a role, or the name of a service. */
  readonly principal: string;
  readonly resource: string;
  readonly identityPolicies: readonly object[];
  /** @default - the resource has none */
  readonly resourcePolicy?: unknown;
}

/** What IAM and the key policy together answer: whether the request is allowed. Throws when it cannot be evaluated. */
export const isAllowed = (
  principal: Principal,
  request: KeyRequest,
  keyId: string,
  resources: Resources,
): Promise<boolean> => {
  const key = resources[keyId]!;
  return allows({
    ...request,
    principal: principal.arn,
    identityPolicies: principal.policies,
    resource: arnOf(keyId, key),
    resourcePolicy: resolve(key.Properties.KeyPolicy, resources),
  });
};

/** The same for any resource of the account. */
export async function allows(request: PolicyRequest): Promise<boolean> {
  const { principal, action, resource, context = {} } = request;
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: account },
        contextVariables: { ...(principal.startsWith('arn:') && { 'aws:PrincipalArn': principal }), ...context },
      },
      identityPolicies: request.identityPolicies.map((policy, index) => ({ name: `policy ${index}`, policy })),
      resourcePolicy: request.resourcePolicy,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') {
    throw new Error(`${action} by ${principal} cannot be evaluated: ${JSON.stringify(result.errors)}`);
  }
  if (result.resultType === 'single' && (result.result.ignoredContextKeys ?? []).length > 0) {
    throw new Error(`${action} ignores the condition keys ${result.result.ignoredContextKeys?.join(', ')}`);
  }
  return result.overallResult === 'Allowed';
}
