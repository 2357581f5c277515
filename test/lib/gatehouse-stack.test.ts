import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { stackOf, testApp } from './support.ts';

const stateful = /^AWS::(DynamoDB::GlobalTable|KMS::Key|SecretsManager::Secret|Logs::LogGroup)$/;

describe.each(['dev', 'prod'] as const)('stage %s', (stage) => {
  const stack = stackOf(stage);
  const template = Template.fromStack(stack).toJSON();

  test('is this template', () => {
    expect(template).toMatchSnapshot();
  });

  test('keeps the logical ids of what holds data: a changed one would be a new, empty resource', () => {
    const resources = Object.entries(template.Resources as Record<string, { Type: string }>);
    expect(resources.filter(([, { Type }]) => stateful.test(Type)).map(([id]) => id)).toMatchSnapshot();
  });

  test('is protected from deletion in prod', () => {
    expect(stack.terminationProtection).toBe(stage === 'prod');
  });
});

test.each([undefined, '111122223333'])(
  'both stages pass the AwsSolutions pack and the validation of templates, without findings, in account %s',
  (account) => {
    const app = testApp();
    stackOf('dev', { account, tracing: true, reservedConcurrency: 20 }, app);
    stackOf('prod', { account }, app);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    app.synth();
    expect(JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports).toEqual([]);
  },
);
