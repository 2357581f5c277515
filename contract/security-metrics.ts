/** Of what length of time security metrics tell: seconds, and the seconds of the whole periods that they are counted in. */
export const metricPeriods = {
  '24h': { seconds: 24 * 3600, granularity: 300 },
  '7d': { seconds: 7 * 24 * 3600, granularity: 3600 },
} as const;

export type MetricPeriod = keyof typeof metricPeriods;
