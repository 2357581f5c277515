import type { IMetric, MathExpressionOptions, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { encryptionKey } from '../encryption-key.ts';
import { encryptedLogGroup } from '../log-group.ts';
import type { SigningKeys } from '../signing-keys.ts';
import type { ArchiveSettings } from './archive-settings.ts';
import { AuditArchive } from './audit-archive.ts';
import { saveQueries } from './save-queries.ts';
import { SignCalls } from './sign-calls.ts';

export interface AuditTrailProps {
  /** Gets the events; give it a key, and a retention of a year or more. Excludes `retention`. @default - a new one */
  readonly logGroup?: ILogGroup;
  /** Encrypts log group and archive. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
  /** How long events are kept. @default - 13 months, so that a year can be compared with the year before */
  readonly retention?: RetentionDays;
  /** Copies the events into a bucket where nobody can change them; `true` takes its defaults. @default - no archive */
  readonly archive?: boolean | ArchiveSettings;
  /** How long errors of the archive's delivery are kept. @default - 1 year */
  readonly logRetention?: RetentionDays;
  /** The log group of a CloudTrail trail that records KMS here, to count signatures; needs `signingKeys`. @default - they are not counted */
  readonly trailLogGroup?: ILogGroup;
  /** Whose signatures are counted. @default - nobody's */
  readonly signingKeys?: Pick<SigningKeys, 'keys'>;
}

/**
 * Where the auth function writes its events: an encrypted log group that outlives the stack, saved queries over it, and on request a
 * bucket that nobody can change.
 */
export class AuditTrail extends Construct {
  readonly logGroup: ILogGroup;
  /** Absent unless it is asked for. */
  readonly archive?: AuditArchive;
  private readonly signCalls?: SignCalls;

  constructor(scope: Construct, id: string, props: AuditTrailProps = {}) {
    super(scope, id);
    requireConsistency(props);
    const key = props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: audit events');
    this.logGroup =
      props.logGroup ??
      encryptedLogGroup(this, 'Resource', {
        encryptionKey: key,
        retention: props.retention ?? RetentionDays.THIRTEEN_MONTHS,
      });
    saveQueries(this, this.logGroup);
    if (props.archive) {
      this.archive = new AuditArchive(this, 'Archive', {
        ...(props.archive !== true && props.archive),
        logGroup: this.logGroup,
        encryptionKey: key,
        logRetention: props.logRetention,
      });
    }
    if (props.trailLogGroup && props.signingKeys) {
      const { trailLogGroup, signingKeys } = props;
      this.signCalls = new SignCalls(this, 'SignCalls', { trailLogGroup, keys: signingKeys.keys });
    }
  }

  /** Signatures that KMS made with the signing keys, as CloudTrail has them; absent without `trailLogGroup`. */
  metricSignCalls(options?: MetricOptions): Metric | undefined {
    return this.signCalls?.metric(options);
  }

  /** Age of the oldest event that is not archived yet, in seconds; absent without `archive`. */
  metricDeliveryFreshness(options?: MetricOptions): Metric | undefined {
    return this.archive?.metricDeliveryFreshness(options);
  }

  /** Events that may be missing in the archive; absent without `archive`. */
  metricArchiveFailures(options?: MathExpressionOptions): IMetric | undefined {
    return this.archive?.metricArchiveFailures(options);
  }
}

function requireConsistency({ logGroup, retention, trailLogGroup, signingKeys }: AuditTrailProps): void {
  if (logGroup && retention !== undefined) {
    throw new Error('logGroup: excludes retention; set it on your log group');
  }
  if (trailLogGroup && !signingKeys) {
    throw new Error('trailLogGroup: needs signingKeys, whose signatures it counts');
  }
}
