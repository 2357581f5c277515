import { type EmulatorApi, elements } from '../../local/account/api.ts';
import type { ApiCall } from '../../local/account/calls.ts';
import type { AccessRequest } from './access-requests.ts';

export interface DeployAction {
  /** 'caller': the principal that runs the CDK CLI; else the bootstrap role that the CLI has assumed, without its affixes. */
  readonly as: string;
  readonly action: string;
}

/** Operations whose IAM action has another name. */
const actions: Readonly<Record<string, string>> = {
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:HeadBucket': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:ListObjectsV2': 's3:ListBucket',
};

/** What the CDK CLI called, and as whom; each once, in alphabetical order. */
export async function deployActions(api: EmulatorApi, calls: readonly ApiCall[]): Promise<DeployAction[]> {
  const roles = new Map<string, string>();
  const found = new Map<string, DeployAction>();
  for (const { accessKeyId, functionName, service, operation } of calls) {
    if (functionName) continue;
    if (!roles.has(accessKeyId)) roles.set(accessKeyId, await roleOf(api, accessKeyId));
    const called = `${service}:${operation}`;
    const action = { as: roles.get(accessKeyId)!, action: actions[called] ?? called };
    found.set(`${action.as} ${action.action}`, action);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, action]) => action);
}

/** The emulator checks no signature, so that a key is enough to ask whose it is. */
async function roleOf(api: EmulatorApi, accessKeyId: string): Promise<string> {
  const xml = await api.query('sts', 'GetCallerIdentity', {}, accessKeyId);
  return /assumed-role\/cdk-[^-]+-(.+?)-\d{12}-/.exec(elements(xml, 'Arn')[0] ?? '')?.[1] ?? 'caller';
}

/** What the caller asks IAM for: to become one of the bootstrap's roles. Who asks who it is needs no leave. */
export const callerRequests = (calls: readonly ApiCall[]): AccessRequest[] =>
  calls
    .filter(({ operation }) => operation === 'AssumeRole')
    .map(({ input }) => ({ action: 'sts:AssumeRole', resource: String(input.RoleArn), context: {} }));
