import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { allowLogs } from './encryption-key.ts';

export interface EncryptedLogGroupProps {
  readonly encryptionKey: IKey;
  readonly retention: RetentionDays;
  readonly logGroupName?: string;
}

/** An encrypted log group that outlives the stack, since logs are evidence. */
export function encryptedLogGroup(scope: Construct, id: string, props: EncryptedLogGroupProps): LogGroup {
  allowLogs(props.encryptionKey, scope);
  return new LogGroup(scope, id, { ...props, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
}
