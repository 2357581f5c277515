import { Names } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { metricNamespace } from '../../contract/metrics.ts';

export interface SignCallsProps {
  /** The log group of a CloudTrail trail that has this Region's read-only management events, those of KMS included. */
  readonly trailLogGroup: ILogGroup;
  /** By id, as `SigningKeys.keys`. */
  readonly keys: readonly { readonly id: string; readonly key: IKey }[];
}

/**
 * Counts the signatures that KMS made with `keys`, from CloudTrail's record, which nobody who signs can change. More of them than tokens
 * issued means that somebody else signs.
 */
export class SignCalls extends Construct {
  private readonly namespace: string;

  constructor(scope: Construct, id: string, { trailLogGroup, keys }: SignCallsProps) {
    super(scope, id);
    // A metric filter cannot name a stack in a dimension.
    this.namespace = `${metricNamespace}/${Names.uniqueResourceName(this, { maxLength: 128 })}`;
    for (const { id: keyId, key } of keys) {
      new MetricFilter(this, `Key-${keyId}`, {
        logGroup: trailLogGroup,
        filterPattern: FilterPattern.literal(signedWith(key.keyArn)),
        metricNamespace: this.namespace,
        metricName: 'SignCalls',
        metricValue: '1',
      });
    }
  }

  /** Signatures made. CloudTrail delivers them some 5 minutes late, at times 15. */
  metric(options?: MetricOptions): Metric {
    return new Metric({ namespace: this.namespace, metricName: 'SignCalls', statistic: 'Sum', ...options });
  }
}

/** What KMS refused has an error code, and signed nothing. */
const signedWith = (keyArn: string): string =>
  `{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "Sign") && ($.resources[0].ARN = "${keyArn}") && ($.errorCode NOT EXISTS) }`;
