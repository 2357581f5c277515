import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface HardenedTableOptions {
  readonly encryptionKey: IKey;
  readonly deletionProtection: boolean;
  readonly maxReadRequestUnits: number;
  readonly maxWriteRequestUnits: number;
}

/**
 * Nothing removes a table but a failed first deployment, and with deletion protection not even that: the table would refuse,
 * and fail the rollback too.
 */
export function tableRemovalPolicy(deletionProtection: boolean): RemovalPolicy {
  return deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}

/** What both tables have in common. */
export function hardenedTable(scope: Construct, options: HardenedTableOptions) {
  if (Token.isUnresolved(Stack.of(scope).region)) {
    throw new Error("region: the stack has none; a table with a key of your own needs one, such as 'eu-west-1'");
  }
  const { maxReadRequestUnits, maxWriteRequestUnits } = options;
  return {
    billing: dynamodb.Billing.onDemand({ maxReadRequestUnits, maxWriteRequestUnits }),
    encryption: dynamodb.TableEncryptionV2.customerManagedKey(options.encryptionKey),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    contributorInsightsSpecification: { enabled: true, mode: dynamodb.ContributorInsightsMode.THROTTLED_KEYS },
    deletionProtection: options.deletionProtection,
    removalPolicy: tableRemovalPolicy(options.deletionProtection),
  } satisfies Partial<dynamodb.TablePropsV2>;
}
