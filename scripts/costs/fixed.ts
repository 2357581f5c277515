import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { metrics } from '../../contract/metrics.ts';
import { GatehouseStack } from '../../lib/index.ts';
import { referenceStage } from './reference-stage.ts';

interface AlarmProperties {
  readonly ThresholdMetricId?: string;
  readonly Metrics?: readonly { readonly MetricStat?: object }[];
}

export interface Fixed {
  /** Amounts by price, a month. */
  readonly amounts: Readonly<Record<string, number>>;
  /** Memory of the auth function in MB. */
  readonly memory: number;
}

/** What a stage costs before anybody signs in, counted from the template of the reference stage. */
export function fixedCosts(): Fixed {
  const template = referenceTemplate();
  const count = (type: string) => Object.keys(template.findResources(type)).length;
  const properties = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  const [auth] = properties('AWS::Lambda::Function').filter(({ Description }) => /serves/.test(Description));
  return {
    memory: auth.MemorySize,
    amounts: {
      key: count('AWS::KMS::Key'),
      secret: count('AWS::SecretsManager::Secret'),
      webAcl: count('AWS::WAFv2::WebACL'),
      wafRule: properties('AWS::WAFv2::WebACL').flatMap(({ Rules }) => Rules).length,
      alarmMetric: properties('AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + metricsIn(alarm), 0),
      compositeAlarm: count('AWS::CloudWatch::CompositeAlarm'),
      dashboard: count('AWS::CloudWatch::Dashboard'),
      customMetric: Object.keys(metrics).length,
    },
  };
}

/** An alarm on an expression is charged by the metrics in it, one that detects anomalies as three: the metric and its band's two edges. */
function metricsIn({ Metrics, ThresholdMetricId }: AlarmProperties): number {
  if (ThresholdMetricId) return 3;
  return Metrics ? Metrics.filter(({ MetricStat }) => MetricStat).length : 1;
}

function referenceTemplate(): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'gatehouse-costs-'));
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  const code = Code.fromInline('export const handler = async () => ({});');
  try {
    return Template.fromStack(
      new GatehouseStack(new App({ context, outdir }), 'Gatehouse-prod', {
        stage: 'prod',
        config: referenceStage,
        code: { auth: code, mailer: code, keyPublisher: code },
      }),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
