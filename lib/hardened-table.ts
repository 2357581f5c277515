import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { SettingProblem } from '../contract/settings.ts';
import { requireNoProblems } from './settings.ts';
import { rangeProblems } from './whole-numbers.ts';

export interface HardenedTableOptions {
  readonly encryptionKey: IKey;
  readonly deletionProtection: boolean;
  readonly maxReadRequestUnits: number;
  readonly maxWriteRequestUnits: number;
  readonly recoveryDays?: number | undefined;
}

/** Numbers by the names of their settings. */
type Numbers = Readonly<Record<string, number | undefined>>;

/** What DynamoDB would refuse at deployment. */
export const tableProblems = (ceilings: Numbers, recoveryDays: Numbers): SettingProblem[] => [
  ...rangeProblems(ceilings, 1, Infinity),
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html
  ...rangeProblems(recoveryDays, 1, 35),
];

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
  requireNoProblems(
    tableProblems({ maxReadRequestUnits, maxWriteRequestUnits }, { recoveryDays: options.recoveryDays }),
  );
  return {
    billing: dynamodb.Billing.onDemand({ maxReadRequestUnits, maxWriteRequestUnits }),
    encryption: dynamodb.TableEncryptionV2.customerManagedKey(options.encryptionKey),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: options.recoveryDays },
    contributorInsightsSpecification: { enabled: true, mode: dynamodb.ContributorInsightsMode.THROTTLED_KEYS },
    deletionProtection: options.deletionProtection,
    removalPolicy: tableRemovalPolicy(options.deletionProtection),
  } satisfies Partial<dynamodb.TablePropsV2>;
}
