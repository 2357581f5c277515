import { resultOf } from './metric-math.ts';

/** One value that was put into CloudWatch. */
export interface Datum {
  readonly namespace: string;
  readonly name: string;
  /** Values as the template has them: text, or a reference as JSON. */
  readonly dimensions: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value: number;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What CloudWatch would have learned: what is usual at a time, and by how much it varies. */
export type Band = (time: number) => { readonly expected: number; readonly deviation: number };

interface Dimension {
  readonly Name: string;
  readonly Value: unknown;
}

export interface Stat {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Stat: string;
  /** In seconds. */
  readonly Period: number;
}

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: Pick<Stat, 'Namespace' | 'MetricName' | 'Dimensions'>;
    readonly Period: number;
    readonly Stat: string;
  };
  readonly Period?: number;
  readonly ReturnData?: boolean;
}

/** `AWS::CloudWatch::Alarm`, as far as its state depends on it. */
export interface AlarmProperties {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly Query[];
  readonly ThresholdMetricId?: string;
  readonly Threshold?: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData: string;
}

/** The metrics that an alarm is about, those within an expression too. */
export function statsOf(alarm: AlarmProperties): Stat[] {
  if (!alarm.Metrics) return [plainStat(alarm)];
  return alarm.Metrics.flatMap((query) => (query.MetricStat ? [queryStat(query)] : []));
}

/**
 * The state of an alarm at a time, from the last periods before it, by the rules of the CloudWatch user guide, "Evaluating an alarm" and
 * "Configuring how CloudWatch alarms treat missing data". `ignore`, which keeps a state, is none of the alarms'.
 */
export function stateOf(alarm: AlarmProperties, data: readonly Datum[], now: number, band?: Band): AlarmState {
  const seconds = alarm.Metrics ? statsOf(alarm)[0]!.Period : alarm.Period!;
  const verdicts = Array.from({ length: alarm.EvaluationPeriods }, (_, index) => {
    const window = { start: now - (index + 1) * seconds * 1000, end: now - index * seconds * 1000 };
    return breaches(alarm, data, window, band);
  });
  if (alarm.TreatMissingData === 'missing' && verdicts.every((verdict) => verdict === undefined)) {
    return 'INSUFFICIENT_DATA';
  }
  const breaching = verdicts.filter((verdict) => verdict ?? alarm.TreatMissingData === 'breaching').length;
  return breaching >= (alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods) ? 'ALARM' : 'OK';
}

interface Window {
  readonly start: number;
  readonly end: number;
}

/** Whether one period is beyond the threshold; undefined without data. */
function breaches(alarm: AlarmProperties, data: readonly Datum[], window: Window, band?: Band): boolean | undefined {
  const value = alarm.Metrics ? watchedValue(alarm, data, window) : statistic(plainStat(alarm), data, window);
  if (value === undefined) return undefined;
  switch (alarm.ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > alarm.Threshold!;
    case 'LessThanThreshold':
      return value < alarm.Threshold!;
    case 'GreaterThanUpperThreshold':
      return value > upperEdge(alarm, window, band);
    default:
      throw new Error(`ComparisonOperator: ${alarm.ComparisonOperator} is not evaluated here`);
  }
}

/** Of the one query that is the alarm's; an expression may use the others. */
function watchedValue(alarm: AlarmProperties, data: readonly Datum[], window: Window): number | undefined {
  const queries = alarm.Metrics!;
  const values = new Map(
    queries.flatMap((query): [string, number | undefined][] =>
      query.MetricStat ? [[query.Id, statistic(queryStat(query), data, window)]] : [],
    ),
  );
  const watched = queries.filter((query) => query.ReturnData !== false && query.Id !== alarm.ThresholdMetricId);
  if (watched.length !== 1) throw new Error(`${watched.length} queries are returned; an alarm watches one`);
  const { Id, Expression } = watched[0]!;
  return Expression === undefined ? values.get(Id) : resultOf(Expression, values);
}

function upperEdge({ Metrics, ThresholdMetricId }: AlarmProperties, { start }: Window, band?: Band): number {
  const expression = Metrics?.find(({ Id }) => Id === ThresholdMetricId)?.Expression;
  const [, width] = /^ANOMALY_DETECTION_BAND\(\w+, ([\d.]+)\)$/.exec(expression ?? '') ?? [];
  if (!width || !band) throw new Error(`${expression}: is no band, or none was given`);
  const { expected, deviation } = band(start);
  return expected + Number(width) * deviation;
}

function statistic(stat: Stat, data: readonly Datum[], { start, end }: Window): number | undefined {
  const key = keyOf(stat.Namespace, stat.MetricName, dimensionsOf(stat));
  const values = data
    .filter(
      ({ time, namespace, name, dimensions }) =>
        time >= start && time < end && keyOf(namespace, name, dimensions) === key,
    )
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  if (stat.Stat === 'Sum') return sum;
  if (stat.Stat === 'Average') return sum / values.length;
  if (stat.Stat === 'Maximum') return values.at(-1);
  const [, percentile] = /^p([\d.]+)$/.exec(stat.Stat) ?? [];
  if (percentile) return values[Math.ceil((Number(percentile) / 100) * values.length) - 1];
  throw new Error(`Statistic: ${stat.Stat} is not evaluated here`);
}

export const dimensionsOf = ({ Dimensions = [] }: Pick<Stat, 'Dimensions'>): Record<string, unknown> =>
  Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));

/** One metric is a namespace, a name and exactly these dimensions. */
export const keyOf = (namespace: string, name: string, dimensions: Readonly<Record<string, unknown>>): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

const plainStat = (alarm: AlarmProperties): Stat => ({
  Namespace: alarm.Namespace!,
  MetricName: alarm.MetricName!,
  Dimensions: alarm.Dimensions,
  Stat: alarm.Statistic ?? alarm.ExtendedStatistic!,
  Period: alarm.Period!,
});

const queryStat = ({ MetricStat }: Query): Stat => ({
  ...MetricStat!.Metric,
  Stat: MetricStat!.Stat,
  Period: MetricStat!.Period,
});
