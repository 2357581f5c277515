import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { encryptionKey } from './encryption-key.ts';
import { encryptedLogGroup } from './log-group.ts';

export interface AuditTrailProps {
  /** Encrypts the log group. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
  /** How long events are kept. @default - 13 months, so that a year can be compared with the year before */
  readonly retention?: RetentionDays;
}

/** Where the auth function writes its events: an encrypted log group that outlives the stack. */
export class AuditTrail extends Construct {
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: AuditTrailProps = {}) {
    super(scope, id);
    this.logGroup = encryptedLogGroup(this, 'Resource', {
      encryptionKey: props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: audit events'),
      retention: props.retention ?? RetentionDays.THIRTEEN_MONTHS,
    });
  }
}
