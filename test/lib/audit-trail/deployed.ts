import { account, region } from '../../../scripts/keys/policy/account.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export type Resources = Readonly<Record<string, Resource>>;

/** Parts of a template with the names and ARNs that resources get when a stack named `Gatehouse-prod` is deployed. */
export class Deployed {
  readonly resources: Resources;

  constructor(resources: Resources) {
    this.resources = resources;
  }

  /** The logical id of the only resource of a type that matches. */
  id(type: string, pattern: RegExp): string {
    const [id, ...others] = Object.keys(this.resources).filter(
      (each) => this.resources[each]!.Type === type && pattern.test(each),
    );
    if (!id || others.length > 0) throw new Error(`not exactly one ${type} matches ${pattern}`);
    return id;
  }

  value(part: unknown): unknown {
    if (Array.isArray(part)) return part.map((item) => this.value(item));
    if (typeof part !== 'object' || part === null) return part;
    const [[name, argument] = ['', undefined], ...others] = Object.entries(part);
    const evaluate = others.length === 0 ? this.functions[name] : undefined;
    if (evaluate) return evaluate(argument);
    if (name.startsWith('Fn::')) throw new Error(`${name} is not evaluated`);
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, this.value(inner)]));
  }

  ref(id: string): string {
    const pseudo = pseudoParameters[id];
    if (pseudo) return pseudo;
    const { Type } = this.resources[id]!;
    const physical = names[Type]?.(id) ?? `Gatehouse-prod-${id}-1A2B3C4D5E6F`;
    return refIsArn.includes(Type) ? arn(Type, physical) : physical;
  }

  attribute(id: string, name: string): string {
    const { Type } = this.resources[id]!;
    return name === 'Arn' ? arn(Type, names[Type]?.(id) ?? this.ref(id)) : `${id.slice(-8)}-${name}`;
  }

  private readonly functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (id) => this.ref(id as string),
    'Fn::GetAtt': (argument) => this.attribute(...(argument as [string, string])),
    'Fn::Join': (argument) => {
      const [separator, parts] = this.value(argument) as [string, string[]];
      return parts.join(separator);
    },
    'Fn::Split': (argument) => {
      const [separator, text] = this.value(argument) as [string, string];
      return text.split(separator);
    },
    'Fn::Select': (argument) => {
      const [index, list] = this.value(argument) as [number, string[]];
      return list[Number(index)];
    },
  };
}

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/Gatehouse-prod/11111111-2222-3333-4444-555555555555`,
  'AWS::StackName': 'Gatehouse-prod',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** What is not named after the stack. Key ids are as long as real ones, since patterns may not be longer than EventBridge allows. */
const names: Readonly<Record<string, (id: string) => string>> = {
  'AWS::ApiGateway::RestApi': () => 'a1b2c3d4e5',
  'AWS::ApiGateway::Stage': () => 'prod',
  'AWS::KMS::Key': (id) => `${id.slice(-8).toLowerCase()}-2222-3333-4444-555555555555`,
  'AWS::SecretsManager::Secret': (id) => `${id}-1A2B3C4D5E6F-AbCdEf`,
};

const refIsArn = ['AWS::SecretsManager::Secret', 'AWS::SNS::Topic'];

const inArn: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable': 'table/',
  'AWS::KMS::Key': 'key/',
  'AWS::KinesisFirehose::DeliveryStream': 'deliverystream/',
  'AWS::Lambda::Function': 'function:',
  'AWS::Logs::LogGroup': 'log-group:',
  'AWS::SecretsManager::Secret': 'secret:',
  'AWS::WAFv2::WebACL': 'regional/webacl/',
};

function arn(type: string, name: string): string {
  if (type === 'AWS::S3::Bucket') return `arn:aws:s3:::${name}`;
  const service = { KinesisFirehose: 'firehose' }[type.split('::')[1]!] ?? type.split('::')[1]!.toLowerCase();
  return `arn:aws:${service}:${region}:${account}:${inArn[type] ?? ''}${name}`;
}
