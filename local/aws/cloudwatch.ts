import { optionalInteger, text } from './input.ts';
import { AwsError, type Input, type JsonService } from './protocol.ts';

export interface CloudWatchService extends JsonService {
  /** Counts a log line in the embedded metric format; anything else is ignored. */
  onLine(entry: Readonly<Record<string, unknown>>): void;
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

const minute = 60;

/**
 * Amazon CloudWatch: counts what functions log in the embedded metric format, and answers sums of it. Sources: "Embedded metric format
 * specification", and GetMetricData in the Amazon CloudWatch API Reference.
 */
export function cloudwatch(): CloudWatchService {
  /** Sums by metric and by minute, in epoch seconds. */
  const sums = new Map<string, Map<number, number>>();

  function add(metric: string, at: number, value: number): void {
    const ofMetric = sums.get(metric) ?? new Map<number, number>();
    const start = Math.floor(at / 1000 / minute) * minute;
    sums.set(metric, ofMetric.set(start, (ofMetric.get(start) ?? 0) + value));
  }

  /** Newest first, as CloudWatch answers; periods without data are left out. */
  function valuesOf(query: Input, startTime: number, endTime: number) {
    const { MetricStat } = query as { MetricStat?: Input };
    if (!MetricStat) throw invalid('MetricDataQueries must have MetricStat; expressions are not served locally.');
    if (text(MetricStat, 'Stat') !== 'Sum') throw invalid("Stat must be 'Sum'; others are not served locally.");
    const period = optionalInteger(MetricStat, 'Period', { min: minute, max: 86_400 }) ?? minute;
    if (period % minute !== 0) throw invalid('Period must be a multiple of 60.');
    const { Dimensions = [], ...metric } = MetricStat.Metric as Input & { Dimensions?: Input[] };
    const dimensions = Dimensions.map((each) => [text(each, 'Name'), text(each, 'Value')] as const);
    const byPeriod = new Map<number, number>();
    for (const [time, value] of sums.get(keyOf(text(metric, 'Namespace'), text(metric, 'MetricName'), dimensions)) ??
      []) {
      if (time < startTime || time >= endTime) continue;
      const start = Math.floor(time / period) * period;
      byPeriod.set(start, (byPeriod.get(start) ?? 0) + value);
    }
    const points = [...byPeriod].sort(([a], [b]) => b - a);
    return { Timestamps: points.map(([time]) => time), Values: points.map(([, value]) => value) };
  }

  return {
    targetPrefix: 'GraniteServiceVersion20100801',
    contentType: 'application/x-amz-json-1.0',
    onLine(entry) {
      const { Timestamp, CloudWatchMetrics = [] } = (entry._aws ?? {}) as {
        Timestamp?: number;
        CloudWatchMetrics?: readonly Directive[];
      };
      for (const { Namespace, Dimensions, Metrics } of CloudWatchMetrics) {
        for (const { Name } of Metrics) {
          for (const set of Dimensions) {
            const dimensions = set.map((name) => [name, String(entry[name])] as const);
            add(keyOf(Namespace, Name, dimensions), Timestamp ?? 0, sumOf(entry[Name]));
          }
        }
      }
    },
    operations: {
      GetMetricData(input) {
        const [startTime, endTime] = [Number(input.StartTime), Number(input.EndTime)];
        if (!(startTime < endTime)) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
        const queries = input.MetricDataQueries as Input[];
        return {
          Messages: [],
          MetricDataResults: queries.map((query) => ({
            Id: text(query, 'Id', { pattern: /^[a-z]\w{0,254}$/ }),
            StatusCode: 'Complete',
            ...valuesOf(query, startTime, endTime),
          })),
        };
      },
    },
  };
}

const keyOf = (namespace: string, name: string, dimensions: readonly (readonly [string, string])[]): string =>
  JSON.stringify([namespace, name, [...dimensions].sort()]);

const sumOf = (value: unknown): number => [value].flat().reduce<number>((sum, each) => sum + Number(each), 0);

const invalid = (message: string) => new AwsError('InvalidParameterValue', message);
