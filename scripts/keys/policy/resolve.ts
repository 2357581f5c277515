import { account, region } from './account.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Resources = Readonly<Record<string, TemplateResource>>;

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A part of a template as CloudFormation would send it to IAM and KMS: references become the ARNs of resources named by logical id. */
export function resolve(value: unknown, resources: Resources): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, resources));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && name === 'Ref') return reference(argument as string, resources);
  if (others.length === 0 && name === 'Fn::GetAtt') return attribute(argument as [string, string], resources);
  if (others.length === 0 && name === 'Fn::Join') {
    const [separator, parts] = resolve(argument, resources) as [string, string[]];
    return parts.join(separator);
  }
  if (name.startsWith('Fn::'))
    throw new Error(`${name} is not evaluated; the policies use Ref, Fn::GetAtt and Fn::Join`);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, resources)]));
}

/** How the ARN of a type ends, where it is not the logical id alone. */
const inArn: Readonly<Record<string, (logicalId: string) => string>> = {
  'AWS::DynamoDB::GlobalTable': (id) => `table/${id}`,
  'AWS::KinesisFirehose::DeliveryStream': (id) => `deliverystream/${id}`,
  'AWS::KMS::Key': (id) => `key/${id}`,
  'AWS::Lambda::Function': (id) => `function:${id}`,
  'AWS::Logs::LogGroup': (id) => `log-group:${id}:*`,
  'AWS::SecretsManager::Secret': (id) => `secret:${id}-AbCdEf`,
};

export const arnOf = (logicalId: string, { Type }: TemplateResource): string => {
  if (Type === 'AWS::IAM::Role') return `arn:aws:iam::${account}:role/${logicalId}`;
  if (Type === 'AWS::S3::Bucket') return `arn:aws:s3:::${logicalId}`;
  const service = Type.split('::')[1]!.toLowerCase().replace('kinesisfirehose', 'firehose');
  return `arn:aws:${service}:${region}:${account}:${inArn[Type]?.(logicalId) ?? logicalId}`;
};

/** Ref of these is their ARN, or a property; of others it is a name, for which the logical id stands. */
const byArn = ['AWS::SecretsManager::Secret', 'AWS::SNS::Topic'];
const byProperty: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::SES::EmailIdentity': 'EmailIdentity',
};

function reference(name: string, resources: Resources): string {
  const resource = resources[name];
  if (resource && byArn.includes(resource.Type)) return arnOf(name, resource);
  const property = resource && byProperty[resource.Type];
  if (property) return String(resource.Properties[property]);
  return pseudoParameters[name] ?? name;
}

function attribute([logicalId, name]: [string, string], resources: Resources): string {
  const resource = resources[logicalId];
  if (!resource) throw new Error(`Fn::GetAtt names '${logicalId}', which is not in the template`);
  return name === 'Arn' ? arnOf(logicalId, resource) : `${logicalId}.${name}`;
}
