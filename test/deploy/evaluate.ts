import { runSimulation } from '@cloud-copilot/iam-simulate';
import { account } from '../../local/aws/protocol.ts';
import type { AccessRequest } from './access-requests.ts';

export type Policy = Readonly<Record<string, unknown>>;

export interface Evaluation {
  /** ARN of a role. */
  readonly principal: string;
  readonly policies: readonly Policy[];
  readonly request: AccessRequest;
  /** @default - the resource has none */
  readonly resourcePolicy?: Policy | undefined;
  /** The role's permissions boundary. @default - none */
  readonly boundary?: Policy | undefined;
}

/** @returns 'Allowed', or why not. */
export async function evaluate({
  principal,
  policies,
  request,
  resourcePolicy,
  boundary,
}: Evaluation): Promise<string> {
  const result = await runSimulation(
    {
      request: {
        principal,
        action: request.action,
        resource: { resource: request.resource, accountId: account },
        contextVariables: { ...request.context, 'aws:PrincipalArn': principal },
      },
      identityPolicies: policies.map((policy, index) => ({ name: `policy-${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy,
      ...(boundary && { permissionBoundaryPolicies: [{ name: 'boundary', policy: boundary }] }),
    },
    {},
  );
  return result.resultType === 'error' ? JSON.stringify(result.errors) : result.overallResult;
}
