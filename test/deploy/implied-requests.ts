import type { Deployment } from '../../local/account/deployment.ts';
import { type Resource, references } from '../../local/account/omissions.ts';
import { region } from '../../local/aws/protocol.ts';
import { type AccessRequest, arn, secretArn } from './access-requests.ts';
import type { StackResource } from './stack-resources.ts';

/** What a service asks KMS for in the name of the caller, when the caller uses what a key of the account encrypts. */
const throughService: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:': ['kms:Decrypt'],
  'secretsmanager:GetSecretValue': ['kms:Decrypt'],
  'sqs:SendMessage': ['kms:Decrypt', 'kms:GenerateDataKey'],
  'sqs:ReceiveMessage': ['kms:Decrypt'],
};

/** The ARNs of what is encrypted, and of the key. */
export type EncryptionKeys = ReadonlyMap<string, string>;

/** @returns what else IAM is asked when `request` is made. */
export function impliedRequests({ action, resource }: AccessRequest, keys: EncryptionKeys): AccessRequest[] {
  const key = keys.get(resource.replace(/\/index\/.*$/, ''));
  const [, actions = []] = Object.entries(throughService).find(([prefix]) => action.startsWith(prefix)) ?? [];
  if (!key) return [];
  const context = { 'kms:ViaService': `${action.split(':')[0]}.${region}.amazonaws.com` };
  return actions.map((needed) => ({ action: needed, resource: key, context }));
}

/** From the template, since the emulator does not tell for all of them. */
export function encryptionKeys({ template }: Deployment, resources: readonly StackResource[]): EncryptionKeys {
  const physicalId = (id: string) => resources.find(({ logicalId }) => logicalId === id)?.physicalId ?? '';
  const keys = Object.entries(template.Resources).flatMap(([id, resource]) => {
    const encrypted = encryptedArn(resource.Type, physicalId(id));
    const key = encrypted && references(keyProperty(resource))[0];
    return key ? [[encrypted, arn('kms', `key/${physicalId(key)}`)] as const] : [];
  });
  return new Map(keys);
}

function encryptedArn(type: string, physicalId: string): string | undefined {
  if (type === 'AWS::DynamoDB::GlobalTable') return arn('dynamodb', `table/${physicalId}`);
  if (type === 'AWS::SecretsManager::Secret') return secretArn(physicalId);
  if (type === 'AWS::SQS::Queue') return arn('sqs', physicalId.split('/').at(-1)!);
  return undefined;
}

function keyProperty({ Properties = {} }: Resource): unknown {
  const [replica] = (Properties.Replicas ?? []) as { SSESpecification?: { KMSMasterKeyId?: unknown } }[];
  return replica?.SSESpecification?.KMSMasterKeyId ?? Properties.KmsKeyId ?? Properties.KmsMasterKeyId;
}
