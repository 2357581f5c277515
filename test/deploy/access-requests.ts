import type { ApiCall } from '../../local/account/calls.ts';
import { account, region } from '../../local/aws/protocol.ts';

/** What IAM is asked when a call is made. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys. */
  readonly context: Readonly<Record<string, string>>;
}

type Input = Readonly<Record<string, unknown>>;

export const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`;

const ask = (action: string, resource: string, context: AccessRequest['context'] = {}): AccessRequest => ({
  action,
  resource,
  context,
});

const onTable = (operation: string, table: unknown, index?: unknown) =>
  ask(`dynamodb:${operation}`, arn('dynamodb', `table/${table}${index ? `/index/${index}` : ''}`));

/** A transaction is no action of its own: each of its items is one. */
const transactItems: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

const onLogGroup = (operation: string, group: unknown, stream?: unknown) =>
  ask(`logs:${operation}`, arn('logs', `log-group:${group}${stream ? `:log-stream:${stream}` : ''}`));

/** The calls that the functions and the operators' commands make; one that is missing here has to be added, with what IAM asks for it. */
const asked: Readonly<Record<string, (input: Input) => AccessRequest[]>> = {
  // Its signature names the service as CloudWatch's endpoints do.
  'monitoring GetMetricData': () => [ask('cloudwatch:GetMetricData', '*')],
  'dynamodb BatchGetItem': ({ RequestItems }) =>
    Object.keys(RequestItems as object).map((table) => onTable('BatchGetItem', table)),
  'dynamodb DeleteItem': ({ TableName }) => [onTable('DeleteItem', TableName)],
  'dynamodb GetItem': ({ TableName }) => [onTable('GetItem', TableName)],
  'dynamodb PutItem': ({ TableName }) => [onTable('PutItem', TableName)],
  'dynamodb Query': ({ TableName, IndexName }) => [onTable('Query', TableName, IndexName)],
  'dynamodb Scan': ({ TableName, IndexName }) => [onTable('Scan', TableName, IndexName)],
  'dynamodb TransactGetItems': ({ TransactItems }) =>
    (TransactItems as { Get: { TableName: string } }[]).map(({ Get }) => onTable('GetItem', Get.TableName)),
  'dynamodb UpdateItem': ({ TableName }) => [onTable('UpdateItem', TableName)],
  'dynamodb TransactWriteItems': ({ TransactItems }) =>
    (TransactItems as Record<string, { TableName: string }>[]).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => onTable(transactItems[kind]!, TableName)),
    ),
  'kms GetPublicKey': ({ KeyId }) => [ask('kms:GetPublicKey', String(KeyId))],
  'kms Sign': ({ KeyId, SigningAlgorithm, MessageType }) => [
    ask('kms:Sign', String(KeyId), {
      'kms:SigningAlgorithm': String(SigningAlgorithm),
      'kms:MessageType': String(MessageType),
    }),
  ],
  'cloudformation DescribeStacks': ({ StackName }) => [
    ask('cloudformation:DescribeStacks', arn('cloudformation', `stack/${StackName}/*`)),
  ],
  'logs CreateLogStream': ({ logGroupName }) => [onLogGroup('CreateLogStream', logGroupName)],
  'logs FilterLogEvents': ({ logGroupName }) => [onLogGroup('FilterLogEvents', logGroupName)],
  'logs PutLogEvents': ({ logGroupName, logStreamName }) => [onLogGroup('PutLogEvents', logGroupName, logStreamName)],
  // It needs no permission.
  'sts GetCallerIdentity': () => [],
  'secretsmanager GetSecretValue': ({ SecretId }) => [
    ask('secretsmanager:GetSecretValue', secretArn(String(SecretId))),
  ],
  'ses SendEmail': (input) => sendEmail(input),
  'sqs SendMessage': ({ QueueUrl }) => [ask('sqs:SendMessage', arn('sqs', String(QueueUrl).split('/').at(-1)!))],
};

export function accessRequests({ service, operation, input }: ApiCall): AccessRequest[] {
  const requests = asked[`${service} ${operation}`];
  if (!requests) throw new Error(`'${service} ${operation}' is not in test/deploy/access-requests.ts; add it`);
  return requests(input);
}

/** In AWS, Ref of a secret is its ARN; in the emulator it is its name, so that both stand for the same thing here. */
export const secretArn = (id: string): string => (id.startsWith('arn:') ? id : arn('secretsmanager', `secret:${id}`));

/** SES asks for leave on the identity of the sender and on the configuration set. */
function sendEmail({ FromEmailAddress, ConfigurationSetName }: Input): AccessRequest[] {
  const address = /<(.+)>$/.exec(String(FromEmailAddress))?.[1] ?? String(FromEmailAddress);
  const resources = [
    `identity/${address.slice(address.indexOf('@') + 1)}`,
    ...(ConfigurationSetName ? [`configuration-set/${ConfigurationSetName}`] : []),
  ];
  return resources.map((resource) => ask('ses:SendEmail', arn('ses', resource), { 'ses:FromAddress': address }));
}
