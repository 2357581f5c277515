import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { metrics } from '../../contract/metrics.ts';
import { tableMetric } from '../alarms/table-metrics.ts';
import type { Watched } from '../alarms/watched.ts';
import { unitPrices } from './prices.ts';

export interface CostSources extends Watched {
  readonly logGroups?: readonly ILogGroup[];
  /** Of the function, in MB. */
  readonly memorySize: number;
}

type Term = readonly [price: number, metric: Metric];

const period = Duration.days(1);

/** Dollars a day by service, for what is charged by use. */
export function costMetrics(sources: CostSources): MathExpression[] {
  const { api, authFunction, firewall, edgeFirewall, identityTable, rateLimitTable, logGroups = [] } = sources;
  const gigabytes = sources.memorySize / 1024;
  const tables = [identityTable, rateLimitTable].filter((table) => table !== undefined);
  const firewalls = [firewall, edgeFirewall].filter((each) => each !== undefined);
  const services: Readonly<Record<string, readonly Term[]>> = {
    'API Gateway': api ? [[unitPrices.apiRequest, api.metricCount({ period, statistic: 'Sum' })]] : [],
    Lambda: authFunction
      ? [
          [unitPrices.invocation, authFunction.function.metricInvocations({ period })],
          // Milliseconds.
          [
            (unitPrices.gigabyteSecond * gigabytes) / 1000,
            authFunction.function.metricDuration({ period, statistic: 'Sum' }),
          ],
        ]
      : [],
    DynamoDB: tables.flatMap(tableTerms),
    KMS: authFunction?.metric ? [[unitPrices.signature, authFunction.metric(metrics.tokenIssued, { period })]] : [],
    WAF: firewalls.flatMap((each): Term[] => [
      [unitPrices.wafRequest, each.metricAllowed({ period })],
      [unitPrices.wafRequest, each.metricBlocked({ period })],
    ]),
    Logs: logGroups.map((logGroup) => [unitPrices.logGigabyte / 1024 ** 3, bytesIn(logGroup)]),
  };
  return Object.entries(services).flatMap(([label, terms]) => (terms.length > 0 ? [dollars(label, terms)] : []));
}

function tableTerms(table: ITable): Term[] {
  return [
    [unitPrices.readUnit, tableMetric(table, 'ConsumedReadCapacityUnits', period)],
    [unitPrices.writeUnit, tableMetric(table, 'ConsumedWriteCapacityUnits', period)],
  ];
}

const bytesIn = ({ logGroupName }: ILogGroup): Metric =>
  new Metric({
    namespace: 'AWS/Logs',
    metricName: 'IncomingBytes',
    dimensionsMap: { LogGroupName: logGroupName },
    statistic: 'Sum',
    period,
  });

function dollars(label: string, terms: readonly Term[]): MathExpression {
  const id = (index: number) => `${label.replaceAll(/\W/g, '').toLowerCase()}${index}`;
  return new MathExpression({
    label,
    period,
    expression: terms
      .map(([price, _], index) => `${price.toFixed(20).replace(/0+$/, '')} * FILL(${id(index)}, 0)`)
      .join(' + '),
    usingMetrics: Object.fromEntries(terms.map(([_, metric], index) => [id(index), metric])),
  });
}
