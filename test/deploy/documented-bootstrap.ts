import type { EmulatorApi } from '../../local/account/api.ts';
import { bootstrap } from '../../local/account/deployment.ts';
import type { Emulator } from '../../local/account/emulator.ts';
import { account } from '../../local/aws/protocol.ts';
import { documentedPolicy } from './documented-policy.ts';

const executionPolicies = {
  GatehouseExecutionData: 'cloudformation-execution-data',
  GatehouseExecutionCompute: 'cloudformation-execution-compute',
  GatehouseExecutionEdge: 'cloudformation-execution-edge',
  GatehouseExecutionAudit: 'cloudformation-execution-audit',
} as const;

/** Creates the policies and bootstraps the account as docs/deploy.md does. */
export async function documentedBootstrap(emulator: Emulator, api: EmulatorApi): Promise<void> {
  const policies = { GatehouseBoundary: 'permissions-boundary', ...executionPolicies };
  for (const [PolicyName, file] of Object.entries(policies)) {
    await api.query('iam', 'CreatePolicy', { PolicyName, PolicyDocument: JSON.stringify(documentedPolicy(file)) });
  }
  const arns = Object.keys(executionPolicies).map((name) => `arn:aws:iam::${account}:policy/${name}`);
  const its = ['--qualifier', 'gatehouse', '--toolkit-stack-name', 'CDKToolkit-gatehouse', '--termination-protection'];
  await bootstrap(emulator, [...its, '--cloudformation-execution-policies', arns.join()]);
}
