import { signingAlgorithms } from '../../contract/signing.ts';
import { identityTableKeys } from '../../contract/tables.ts';
import { region } from '../keys/policy/account.ts';
import type { Resources } from '../keys/policy/resolve.ts';
import type { RoleName } from './roles.ts';
import { inAccount, StackArns, type Target } from './stack-arns.ts';

export interface AccessCase {
  /** What is asked for, as the page puts it. */
  readonly target: string;
  readonly action: string;
  readonly on: Target;
  readonly context?: Readonly<Record<string, string>>;
  /** Who must be allowed; everyone else must be denied. */
  readonly allowed: readonly RoleName[];
}

type Access = readonly [action: string, ...allowed: RoleName[]];

const cases = (target: string, on: Target, access: readonly Access[], context?: AccessCase['context']): AccessCase[] =>
  access.map(([action, ...allowed]) => ({ target, action, on, context, allowed }));

/** A resource below another one. */
const below = ({ arn }: Target, path: string): Target => ({ arn: `${arn}${path}` });

/** What must be allowed, and what must not, to whichever role. */
export function accessCases(resources: Resources): AccessCase[] {
  const stack = new StackArns(resources);
  return [
    ...tableCases(stack),
    ...keyCases(stack),
    ...secretCases(stack),
    ...mailCases(stack),
    ...operationCases(stack),
    ...archiveCases(stack),
  ];
}

function tableCases(stack: StackArns): AccessCase[] {
  const identity = stack.find('AWS::DynamoDB::GlobalTable', /IdentityTable/);
  const limits = stack.find('AWS::DynamoDB::GlobalTable', /RateLimitTable/);
  const reads: Access[] = [
    ['dynamodb:GetItem', 'auth'],
    ['dynamodb:BatchGetItem', 'auth'],
    ['dynamodb:Query', 'auth'],
  ];
  const writes: Access[] = [
    ['dynamodb:PutItem', 'auth'],
    ['dynamodb:UpdateItem', 'auth'],
    ['dynamodb:DeleteItem', 'auth'],
    ['dynamodb:ConditionCheckItem', 'auth'],
  ];
  const never: Access[] = [
    ['dynamodb:Scan'],
    ['dynamodb:PartiQLSelect'],
    ['dynamodb:BatchWriteItem'],
    ['dynamodb:DeleteTable'],
    ['dynamodb:UpdateTable'],
    ['dynamodb:UpdateTimeToLive'],
    ['dynamodb:ExportTableToPointInTime'],
  ];
  return [
    ...cases('identity table', identity, [...reads, ...writes, ...never]),
    ...cases('its directory', below(identity, `/index/${identityTableKeys.directory.indexName}`), [
      ['dynamodb:Query', 'auth'],
      ['dynamodb:Scan'],
    ]),
    ...cases('any other index', below(identity, '/index/other'), [['dynamodb:Query'], ['dynamodb:Scan']]),
    ...cases('rate-limit table', limits, [
      ['dynamodb:UpdateItem', 'auth'],
      ['dynamodb:GetItem', 'auth'],
      ['dynamodb:Query'],
      ['dynamodb:PutItem'],
      ['dynamodb:DeleteItem'],
      ...never,
    ]),
    ...cases('any other table', inAccount('dynamodb', 'table/Orders'), [
      ['dynamodb:GetItem'],
      ['dynamodb:PutItem'],
      ['dynamodb:Query'],
      ['dynamodb:Scan'],
    ]),
  ];
}

function keyCases(stack: StackArns): AccessCase[] {
  const signing = stack.find('AWS::KMS::Key', /SigningKeysES256/);
  const data = stack.find('AWS::KMS::Key', /DataKey/);
  const { kmsAlgorithm, messageType } = signingAlgorithms.ES256;
  const as = (algorithm: string) => ({ 'kms:SigningAlgorithm': algorithm, 'kms:MessageType': messageType });
  const through = (service: string) => ({ 'kms:ViaService': `${service}.${region}.amazonaws.com` });
  return [
    ...cases('signing key', signing, [['kms:Sign', 'auth']], as(kmsAlgorithm)),
    ...cases('signing key, with another algorithm', signing, [['kms:Sign']], as('ECDSA_SHA_512')),
    ...cases('signing key', signing, [
      ['kms:GetPublicKey', 'publisher'],
      ['kms:PutKeyPolicy'],
      ['kms:DisableKey'],
      ['kms:ScheduleKeyDeletion'],
      ['kms:CreateGrant'],
    ]),
    ...cases('any other signing key', anyKey, [['kms:Sign']], as(kmsAlgorithm)),
    ...cases('data key, through DynamoDB', data, [['kms:Decrypt', 'auth']], through('dynamodb')),
    ...cases('data key, through Secrets Manager', data, [['kms:Decrypt', 'auth']], through('secretsmanager')),
    ...cases('data key, through SQS', data, [['kms:Decrypt', 'auth', 'mailer']], through('sqs')),
    ...cases('data key, through S3', data, [['kms:Decrypt']], through('s3')),
    ...cases('data key, directly', data, [['kms:Decrypt'], ['kms:Encrypt'], ['kms:ScheduleKeyDeletion']]),
  ];
}

/** A key that leaves all to IAM, as keys do by default. */
const anyKey: Target = {
  ...inAccount('kms', 'key/11111111-2222-4333-8444-555555555555'),
  policy: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
    ],
  },
};

function secretCases(stack: StackArns): AccessCase[] {
  const secrets = {
    "Better Auth's secret": /^GatehouseSecrets/,
    'pepper of the passwords': /Pepper/,
    'secrets of social providers': /ProviderSecrets/,
  };
  return [
    ...Object.entries(secrets).flatMap(([target, pattern]) =>
      cases(target, stack.find('AWS::SecretsManager::Secret', pattern), [
        ['secretsmanager:GetSecretValue', 'auth'],
        ['secretsmanager:PutSecretValue'],
        ['secretsmanager:UpdateSecret'],
        ['secretsmanager:DeleteSecret'],
      ]),
    ),
    ...cases('any other secret', inAccount('secretsmanager', 'secret:database-AbCdEf'), [
      ['secretsmanager:GetSecretValue'],
    ]),
    ...cases('parameters', inAccount('ssm', 'parameter/database'), [['ssm:GetParameter']]),
  ];
}

function mailCases(stack: StackArns): AccessCase[] {
  const queue = stack.find('AWS::SQS::Queue', /MailQueue/);
  const deadLetters = stack.find('AWS::SQS::Queue', /MailDeadLetters/);
  const identity = inAccount('ses', 'identity/example.com');
  const from = (address: string) => ({ 'ses:FromAddress': address });
  const clear = { 'aws:SecureTransport': 'false' };
  return [
    ...cases('mail queue', queue, [
      ['sqs:SendMessage', 'auth'],
      ['sqs:ReceiveMessage', 'mailer'],
      ['sqs:DeleteMessage', 'mailer'],
      ['sqs:PurgeQueue'],
      ['sqs:SetQueueAttributes'],
    ]),
    ...cases('mail queue, without TLS', queue, [['sqs:SendMessage'], ['sqs:ReceiveMessage']], clear),
    ...cases('dead letters', deadLetters, [['sqs:ReceiveMessage'], ['sqs:SendMessage']]),
    ...cases('mail from its address', identity, [['ses:SendEmail', 'mailer']], from('no-reply@example.com')),
    ...cases('mail from another address', identity, [['ses:SendEmail']], from('ceo@example.com')),
    ...cases(
      'mail of another identity',
      inAccount('ses', 'identity/example.org'),
      [['ses:SendEmail']],
      from('no-reply@example.com'),
    ),
  ];
}

function operationCases(stack: StackArns): AccessCase[] {
  const audit = stack.find('AWS::Logs::LogGroup', /AuditTrail[0-9A-F]{8}$/);
  const mailerLogs = stack.find('AWS::Logs::LogGroup', /MailerLogs/);
  const auth = stack.find('AWS::Lambda::Function', /AuthFunction/);
  const alarm = inAccount('cloudwatch', 'alarm:FunctionErrors');
  const stream = ({ arn }: Target): Target => ({ arn: arn.replace(/\*$/, 'log-stream:today') });
  const group = ({ arn }: Target): Target => ({ arn: arn.replace(/:\*$/, '') });
  return [
    ...cases('audit log', stream(audit), [
      ['logs:PutLogEvents', 'auth'],
      ['logs:GetLogEvents'],
      ['logs:DeleteLogStream'],
    ]),
    ...cases('audit log', group(audit), [
      ['logs:DeleteLogGroup'],
      ['logs:PutRetentionPolicy'],
      ['logs:FilterLogEvents'],
    ]),
    ...cases("mailer's log", stream(mailerLogs), [['logs:PutLogEvents', 'mailer']]),
    ...cases('auth function', auth, [
      ['lambda:UpdateAlias', 'rollout'],
      ['lambda:InvokeFunction'],
      ['lambda:UpdateFunctionCode'],
      ['lambda:UpdateFunctionConfiguration'],
      ['lambda:AddPermission'],
    ]),
    ...cases('any other function', inAccount('lambda', 'function:billing'), [
      ['lambda:UpdateAlias'],
      ['lambda:InvokeFunction'],
    ]),
    ...cases('alarms', alarm, [['cloudwatch:DescribeAlarms', 'rollout'], ['cloudwatch:DisableAlarmActions']]),
    ...cases('metrics', { arn: '*' }, [['cloudwatch:GetMetricData', 'auth'], ['cloudwatch:PutMetricData']]),
    ...cases('any role', { arn: 'arn:aws:iam::111122223333:role/administrator' }, [
      ['sts:AssumeRole'],
      ['iam:PassRole'],
    ]),
    ...cases('any bucket', { arn: 'arn:aws:s3:::backups/users.csv' }, [['s3:GetObject'], ['s3:PutObject']]),
  ];
}

function archiveCases(stack: StackArns): AccessCase[] {
  const bucket = stack.find('AWS::S3::Bucket', /Archive/);
  const stream = stack.find('AWS::KinesisFirehose::DeliveryStream', /Archive/);
  const key = stack.find('AWS::KMS::Key', /LogsKey/);
  const event = { ...bucket, arn: `${bucket.arn}/events/2026/11/23/one.gz` };
  // The simulator knows no encryption context with colons in its name, which the statement asks for.
  const through = { 'kms:ViaService': `s3.${region}.amazonaws.com` };
  return [
    ...cases('archive stream', stream, [
      ['firehose:PutRecordBatch', 'subscription'],
      ['firehose:UpdateDestination'],
      ['firehose:DeleteDeliveryStream'],
    ]),
    ...cases('archived event', event, [
      ['s3:PutObject', 'archive'],
      ['s3:GetObject', 'archive'],
      ['s3:DeleteObject'],
      ['s3:DeleteObjectVersion'],
      ['s3:BypassGovernanceRetention'],
      ['s3:PutObjectRetention'],
    ]),
    ...cases('anything else in the archive', { ...bucket, arn: `${bucket.arn}/other` }, [['s3:PutObject']]),
    ...cases('archive', bucket, [
      ['s3:PutBucketPolicy'],
      ['s3:PutBucketObjectLockConfiguration'],
      ['s3:PutLifecycleConfiguration'],
      ['s3:DeleteBucket'],
    ]),
    ...cases('logs key, without the archive in its context', key, [['kms:Decrypt'], ['kms:GenerateDataKey']], through),
  ];
}
