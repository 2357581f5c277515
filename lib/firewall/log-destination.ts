import { ArnFormat, Aws, Fn, Names, Stack, Token } from 'aws-cdk-lib';
import type { IDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { encryptionKey } from '../encryption-key.ts';
import { encryptedLogGroup } from '../log-group.ts';

/** Where a firewall logs to; `FirewallLog` has functions that make them. */
export interface FirewallLogDestination {
  readonly arn: string;
}

/** AWS WAF takes no destination with another name. */
const prefix = 'aws-waf-logs-';

function requirePrefix(setting: string, name: string): void {
  if (Token.isUnresolved(name) || name.startsWith(prefix)) return;
  throw new Error(`${setting}: the name '${name}' is not allowed; allowed are names that begin with '${prefix}'`);
}

/** Without `:*` at the end, which AWS WAF refuses. */
const logGroupArn = (scope: Construct, logGroupName: string): string =>
  Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Destinations of yours; the name of each begins with `aws-waf-logs-`. */
export const FirewallLog = {
  /** A log group of the firewall's account and Region. */
  cloudWatch: (group: ILogGroup): FirewallLogDestination => {
    requirePrefix('logDestination', group.logGroupName);
    return { arn: logGroupArn(group, group.logGroupName) };
  },
  /** A bucket, below a prefix if you give one. AWS WAF's delivery has to be let in by its policy and that of its key. */
  s3: (bucket: IBucket, path?: string): FirewallLogDestination => {
    requirePrefix('logDestination', bucket.bucketName);
    return { arn: path ? bucket.arnForObjects(path) : bucket.bucketArn };
  },
  /** A delivery stream with direct put. */
  firehose: (stream: IDeliveryStream): FirewallLogDestination => {
    requirePrefix('logDestination', stream.deliveryStreamName);
    return { arn: stream.deliveryStreamArn };
  },
};

export interface OwnLogGroupProps {
  readonly logsKey?: IKey;
  readonly logRetention?: RetentionDays;
}

/** An encrypted log group that outlives the stack, so a name without the stack's id would be taken the next time. */
export function ownLogGroup(scope: Construct, { logsKey, logRetention }: OwnLogGroupProps): FirewallLogDestination {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  const group = encryptedLogGroup(scope, 'Logs', {
    encryptionKey: logsKey ?? encryptionKey(scope, 'LogsKey', 'Gatehouse: firewall log'),
    retention: logRetention ?? RetentionDays.ONE_YEAR,
    logGroupName: `${prefix}${Names.uniqueResourceName(scope, { maxLength: 64 })}-${Fn.select(4, Fn.split('-', stackUuid))}`,
  });
  return { arn: logGroupArn(scope, group.logGroupName) };
}
