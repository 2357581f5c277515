import type { EmulatorApi } from '../../local/account/api.ts';
import type { Template } from '../../local/account/omissions.ts';
import type { StackResource } from './stack-resources.ts';

/** What the template keeps when the stack goes. */
export const retainedResources = (template: Template, resources: readonly StackResource[]): StackResource[] =>
  resources.filter(({ logicalId }) => {
    const policy = (template.Resources[logicalId] as { DeletionPolicy?: string } | undefined)?.DeletionPolicy;
    return policy === 'Retain' || policy === 'RetainExceptOnCreate';
  });

/** How to see that a resource is there and can be used; each throws where it is not. */
const lookUps: Readonly<Record<string, (api: EmulatorApi, id: string) => Promise<unknown>>> = {
  // A setting of the account, which has no existence of its own.
  'AWS::ApiGateway::Account': async () => undefined,
  'AWS::DynamoDB::GlobalTable': (api, id) => api.json('dynamodb', 'DynamoDB_20120810.DescribeTable', { TableName: id }),
  'AWS::IAM::Role': (api, id) => api.query('iam', 'GetRole', { RoleName: id }),
  'AWS::KMS::Key': async (api, id) => {
    const { KeyMetadata } = await api.json('kms', 'TrentService.DescribeKey', { KeyId: id });
    const { KeyState } = KeyMetadata as { KeyState: string };
    if (KeyState !== 'Enabled') throw new Error(`key ${id} is ${KeyState}`);
  },
  'AWS::Logs::LogGroup': async (api, id) => {
    const { logGroups } = await api.json('logs', 'Logs_20140328.DescribeLogGroups', { logGroupNamePrefix: id });
    if ((logGroups as unknown[]).length === 0) throw new Error(`log group ${id} is gone`);
  },
  'AWS::SecretsManager::Secret': (api, id) =>
    api.json('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: id }),
};

/** @returns the logical ids, and why, of those that are gone. */
export async function goneResources(api: EmulatorApi, resources: readonly StackResource[]): Promise<string[]> {
  const gone: string[] = [];
  for (const { type, logicalId, physicalId } of resources) {
    const lookUp = lookUps[type];
    if (!lookUp) throw new Error(`${type} has no look-up in test/deploy/retained.ts; add one`);
    await lookUp(api, physicalId).catch((error: Error) => gone.push(`${logicalId}: ${error.message}`));
  }
  return gone;
}
