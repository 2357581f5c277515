import { describe, expect, test } from '@jest/globals';
import { type AlarmProperties, type Datum, stateOf } from '../support/alarm-evaluator.ts';
import { ruleHolds } from '../support/alarm-rule.ts';
import { resultOf } from '../support/metric-math.ts';

const now = 1_800_000_000_000;
const datum = (minutesAgo: number, value: number, name = 'Failed'): Datum => ({
  ...{ namespace: 'Gatehouse', name, dimensions: { service: 'x' }, value },
  time: now - minutesAgo * 60_000,
});
const alarm = (over: Partial<AlarmProperties> = {}): AlarmProperties => ({
  ...{ Namespace: 'Gatehouse', MetricName: 'Failed', Dimensions: [{ Name: 'service', Value: 'x' }] },
  ...{ Statistic: 'Sum', Period: 300, Threshold: 10, ComparisonOperator: 'GreaterThanThreshold' },
  ...{ EvaluationPeriods: 1, TreatMissingData: 'notBreaching' },
  ...over,
});

describe('the state of an alarm', () => {
  test.each([
    ['the sum of a period', {}, [datum(1, 6), datum(4, 5)], 'ALARM'],
    ['not of two periods', {}, [datum(1, 6), datum(6, 5)], 'OK'],
    ['not of another metric', {}, [datum(1, 11, 'Other')], 'OK'],
    ['not with other dimensions', { Dimensions: [] }, [datum(1, 11)], 'OK'],
    ['all periods', { EvaluationPeriods: 2 }, [datum(1, 11)], 'OK'],
    ['all periods, indeed', { EvaluationPeriods: 2 }, [datum(1, 11), datum(6, 11)], 'ALARM'],
    ['some of them', { EvaluationPeriods: 3, DatapointsToAlarm: 2 }, [datum(1, 11), datum(11, 11)], 'ALARM'],
    ['missing data that breaches', { TreatMissingData: 'breaching' }, [], 'ALARM'],
    ['missing data that is missing', { TreatMissingData: 'missing' }, [], 'INSUFFICIENT_DATA'],
    ['the average', { Statistic: 'Average' }, [datum(1, 6), datum(1, 16)], 'ALARM'],
    ['the 99th percentile', { Statistic: undefined, ExtendedStatistic: 'p99' }, [datum(1, 1), datum(1, 11)], 'ALARM'],
  ] as const)('%s', (_, over, data, expected) => {
    expect(stateOf(alarm(over as Partial<AlarmProperties>), data, now)).toBe(expected);
  });

  test.each([
    [11, 'OK'],
    [12, 'ALARM'],
  ])('an anomaly is above the band: %d', (value, expected) => {
    const MetricStat = {
      Metric: { Namespace: 'Gatehouse', MetricName: 'Failed', Dimensions: [{ Name: 'service', Value: 'x' }] },
      ...{ Period: 300, Stat: 'Sum' },
    };
    const Metrics = [
      { Id: 'm0', MetricStat },
      { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(m0, 3)' },
    ];
    const anomaly = alarm({ Metrics, ThresholdMetricId: 'band', ComparisonOperator: 'GreaterThanUpperThreshold' });
    expect(stateOf(anomaly, [datum(1, value)], now, () => ({ expected: 5, deviation: 2 }))).toBe(expected);
  });
});

test.each([
  ['a - 1.5 * (b + FILL(c, 2))', 10 - 1.5 * (3 + 2)],
  ['a / b / 2', 10 / 3 / 2],
  ['SUM(METRICS())', 13],
  ['SUM([b, c])', 3],
  ['a + c', undefined],
])('metric math: %s', (expression, expected) => {
  const metrics = new Map([
    ['a', 10],
    ['b', 3],
    ['c', undefined],
  ]);
  expect(resultOf(expression, metrics)).toBe(expected);
  expect(() => resultOf(`${expression} )`, metrics)).toThrow();
});

test.each([
  ['a', true],
  ['ac', true],
  ['b', false],
  ['bc', true],
])('a rule, with AND before OR, while %s ring', (ringing, expected) => {
  const rule = 'ALARM("a") OR (ALARM("b") AND NOT NOT ALARM("c"))';
  expect(ruleHolds(rule, (id) => ringing.includes(id))).toBe(expected);
  expect(() => ruleHolds(`${rule} OK("a")`, () => true)).toThrow();
});
