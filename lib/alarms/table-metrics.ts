import type { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';

/** What the auth function may do with a table; DynamoDB counts its own errors by operation only. */
export const tableOperations = {
  identity: ['GetItem', 'UpdateItem', 'BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'TransactWriteItems'],
  rateLimit: ['UpdateItem'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** One of DynamoDB's metrics of a table. */
export function tableMetric(table: ITable, metricName: string, period: Duration, operation?: string): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: table.tableName, ...(operation && { Operation: operation }) },
    statistic: 'Sum',
    period,
  });
}

export interface TableSum {
  readonly label: string;
  readonly period: Duration;
  /** Begins the ids of its metrics, which are unique in a graph. @default - nothing */
  readonly prefix?: string;
}

/** Reads and writes that DynamoDB refused. */
export function tableThrottles(table: ITable, { prefix = '', ...options }: TableSum): MathExpression {
  const metric = (name: string) => tableMetric(table, name, options.period);
  return sum(options, {
    [`${prefix}reads`]: metric('ReadThrottleEvents'),
    [`${prefix}writes`]: metric('WriteThrottleEvents'),
  });
}

/** Requests that DynamoDB answered with an error of its own. */
export function tableErrors(
  table: ITable,
  operations: readonly string[],
  { prefix = '', ...options }: TableSum,
): MathExpression {
  const metrics = operations.map((operation) => [
    `${prefix}${operation.toLowerCase()}`,
    tableMetric(table, 'SystemErrors', options.period, operation),
  ]);
  return sum(options, Object.fromEntries(metrics));
}

/** Named, not SUM(METRICS()): in a graph that would take in the metrics of the others too. */
const sum = (options: Omit<TableSum, 'prefix'>, usingMetrics: Record<string, Metric>): MathExpression =>
  new MathExpression({ expression: `SUM([${Object.keys(usingMetrics).join(', ')}])`, usingMetrics, ...options });
