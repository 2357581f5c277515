import { readFileSync } from 'node:fs';
import { runSimulation } from '@cloud-copilot/iam-simulate';

/** The account of the policies in docs/policies; whoever uses them puts their own. */
export const account = '111122223333';

export interface Policy {
  readonly Version: string;
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
  }[];
}

export const executionPolicies = ['data', 'compute', 'edge', 'audit'].map((part) => `cloudformation-execution-${part}`);

export const policyText = (name: string): string => readFileSync(`docs/policies/${name}.json`, 'utf8');
export const policy = (name: string): Policy => JSON.parse(policyText(name));

/** Every statement with the actions it names. */
export const statementsOf = (name: string) =>
  policy(name).Statement.map(({ Sid, Action, Resource }) => ({
    sid: Sid,
    actions: [Action].flat(),
    resources: [Resource].flat(),
  }));

export const actionsOf = (...names: string[]): Set<string> =>
  new Set(names.flatMap((name) => statementsOf(name).flatMap(({ actions }) => actions)));

/** A KMS key has to leave the decision to IAM, as CDK's keys do. */
const keyPolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }],
};

export interface Attempt {
  readonly policies: readonly string[];
  readonly boundary?: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string | string[]>;
}

/** Whether IAM would allow it, as the simulator sees IAM. Throws where the policies or the attempt are not valid IAM. */
export async function allows({ policies, boundary, action, resource, context = {} }: Attempt): Promise<boolean> {
  const named = (name: string) => ({ name, policy: policy(name) });
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/deployer`,
        action,
        resource: { resource, accountId: account },
        contextVariables: context,
      },
      identityPolicies: policies.map(named),
      permissionBoundaryPolicies: boundary ? [named(boundary)] : undefined,
      resourcePolicy: action.startsWith('kms:') ? keyPolicy : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === 'Allowed';
}
