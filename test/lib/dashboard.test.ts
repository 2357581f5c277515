import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { metrics } from '../../contract/metrics.ts';
import { unitPrices } from '../../lib/dashboard/prices.ts';
import { Dashboard } from '../../lib/index.ts';
import { awsMetrics } from '../support/aws-metrics.ts';
import { resultOf } from '../support/metric-math.ts';
import { resourceOf, resourcesOf, templateOf, testStack } from './support.ts';

type Line = (string | { expression?: string; label?: string; id?: string })[];

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: readonly Line[];
    readonly alarms?: readonly string[];
  };
}

interface Intrinsic {
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly Ref?: string;
}

/** References become the logical ids. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, Ref, 'Fn::GetAtt': attribute } = value as Intrinsic;
  if (join) return join[1].map(textOf).join(join[0]);
  return Ref ?? attribute![0]!;
}

const widgetsOf = (template: Template): Widget[] =>
  JSON.parse(textOf(resourceOf(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody)).widgets;

const template = templateOf('prod', { audit: { trailLogGroupName: 'trail' } });
const widgets = widgetsOf(template);
const lines = (from: readonly Widget[]): Line[] => from.flatMap(({ properties }) => [...(properties.metrics ?? [])]);
const plain = lines(widgets).filter(([namespace]) => typeof namespace === 'string' && namespace !== '...');

test('it asks three questions, in this order', () => {
  const headings = widgets.flatMap(({ properties: { markdown } }) => (markdown?.startsWith('# ') ? [markdown] : []));
  expect(headings).toEqual(['# Are we under attack?', '# Is it working?', '# What does it cost?']);
});

test('it shows the state of every alarm', () => {
  const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
  const made = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    Object.keys(resourcesOf(template, type)).filter((id) => id.startsWith('GatehouseAlarms')),
  );
  expect([...shown].sort()).toEqual(made.sort());
});

test('it shows every metric of Gatehouse, under the service of the function', () => {
  const own = plain.filter(([namespace]) => namespace === 'Gatehouse');
  expect(new Set(own.map(([, name]) => name))).toEqual(new Set(Object.values(metrics)));
  for (const line of own) expect(line.slice(2, 4)).toEqual(['service', 'gatehouse-prod']);
});

test('each metric of a service comes with these dimensions, by its documentation', () => {
  const services = plain.filter(([namespace]) => String(namespace).startsWith('AWS/'));
  expect(services.length).toBeGreaterThan(20);
  for (const [namespace, name, ...rest] of services) {
    const dimensions = rest.filter((part, index) => index % 2 === 0 && typeof part === 'string');
    const sets = awsMetrics[String(namespace)]?.metrics[String(name)]?.map((set) => set.join(','));
    expect([namespace, name, sets]).toEqual([namespace, name, expect.arrayContaining([dimensions.sort().join(',')])]);
  }
});

test('ids are unique in a graph, and expressions use them alone', () => {
  const ids = /\b[a-z][A-Za-z0-9_]*\b/g;
  for (const { properties } of widgets) {
    const options = (properties.metrics ?? []).map((line) => line.at(-1) as { id?: string; expression?: string });
    const given = options.flatMap(({ id }) => id ?? []);
    expect(new Set(given).size).toBe(given.length);
    const used = options.flatMap(({ expression }) => expression?.match(ids) ?? []);
    expect(used.filter((id) => !given.includes(id))).toEqual([]);
  }
});

describe('what it costs', () => {
  const graph = widgets.find(({ properties }) => properties.title === 'Dollars a day, by service')!;
  const expressions = lines([graph]).map((line) => line.at(-1) as { expression?: string; label?: string });
  const dollars = (service: string, amounts: Record<string, number>) => {
    const { expression } = expressions.find(({ label, expression: text }) => label === service && text)!;
    const ids = expression!.match(/\b[a-z]+\d\b/g)!;
    return resultOf(expression!, new Map(ids.map((id) => [id, amounts[id]])));
  };

  test('is by the prices of docs/costs.md', () => {
    const { prices } = JSON.parse(readFileSync('scripts/costs/prices.json', 'utf8')) as {
      prices: Record<string, { usd: number; per: number }>;
    };
    for (const [name, price] of Object.entries(unitPrices)) {
      expect(price).toBeCloseTo(prices[name]!.usd / prices[name]!.per, 15);
    }
  });

  test.each([
    ['API Gateway', { apigateway0: 1_000_000 }, 3.5],
    // A million invocations of 100 ms with 1,769 MB.
    ['Lambda', { lambda0: 1_000_000, lambda1: 100_000_000 }, 0.2 + 100_000 * (1769 / 1024) * 0.0000133334],
    ['DynamoDB', { dynamodb0: 1_000_000, dynamodb3: 1_000_000 }, 0.75],
    ['KMS', { kms0: 10_000 }, 0.15],
    ['WAF', { waf0: 500_000, waf1: 500_000 }, 0.6],
    ['Logs', { logs0: 2 * 1024 ** 3 }, 1],
  ])('%s: %j is %d dollars', (service, amounts, expected) => {
    expect(dollars(service, amounts)).toBeCloseTo(expected, 6);
  });

  test('is nothing without data', () => {
    expect(dollars('DynamoDB', {})).toBe(0);
  });
});

test('in dev there is one only where it is asked for', () => {
  const count = (config = {}) =>
    Object.keys(resourcesOf(templateOf('dev', config), 'AWS::CloudWatch::Dashboard')).length;
  expect([count(), count({ dashboard: true })]).toEqual([0, 1]);
});

test('for a function of your own it shows what there is, and asks nothing else', () => {
  const stack = testStack();
  const fn = LambdaFunction.fromFunctionArn(stack, 'Function', 'arn:aws:lambda:eu-west-1:111122223333:function:ours');
  new Dashboard(stack, 'Dashboard', { authFunction: { function: fn }, memorySize: 512 });
  const own = widgetsOf(Template.fromStack(stack));
  expect(own.flatMap(({ properties: { markdown, title } }) => title ?? markdown!.split('\n')[0]!)).toEqual([
    '# Is it working?',
    'Function',
    '# What does it cost?',
    'Dollars a day, by service',
    'Dollars a day',
    expect.stringMatching(/^Dollars a day for what is charged by use/),
  ]);
});
