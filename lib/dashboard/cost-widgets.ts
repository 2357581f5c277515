import { Duration } from 'aws-cdk-lib';
import { type IWidget, MathExpression, SingleValueWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { type CostSources, costMetrics } from './cost-metrics.ts';
import { graph } from './graph.ts';

const note = `Dollars a day for what is charged by use, at the prices of us-east-1 and without free tiers. Not in it: what costs the same
every day (keys, the firewall's rules, alarms), mail, storage, traffic out. docs/costs.md has all of it; the bill is the truth.`;

/** Beside the sum its parts, so that a dear day shows its reason. */
export function costWidgets(sources: CostSources): IWidget[] {
  const parts = costMetrics(sources);
  if (parts.length === 0) return [];
  const total = new MathExpression({
    label: 'Dollars a day',
    period: Duration.days(1),
    expression: parts.map((_, index) => `part${index}`).join(' + '),
    usingMetrics: Object.fromEntries(parts.map((part, index) => [`part${index}`, part])),
  });
  return [
    ...graph('Dollars a day, by service', { left: parts, stacked: true, unit: '$' }),
    new SingleValueWidget({ title: 'Dollars a day', metrics: [total], width: 4, height: 6, sparkline: true }),
    new TextWidget({ markdown: note, width: 12, height: 6 }),
  ];
}
