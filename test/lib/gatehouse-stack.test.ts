import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { GatehouseStack, type GatehouseStackProps } from '../../lib/index.ts';
import { functionCode, prodConfig, resourcesOf, stackOf, templateOf, testApp } from './support.ts';

describe.each(['dev', 'prod'] as const)('stage %s', (stage) => {
  const stack = stackOf(stage);
  const template = Template.fromStack(stack).toJSON();

  test('is this template', () => {
    expect(template).toMatchSnapshot();
  });

  test('is protected from deletion in prod', () => {
    expect(stack.terminationProtection).toBe(stage === 'prod');
  });
});

test('prod cannot give up its protection from deletion', () => {
  expect(() => prodStack({ terminationProtection: false })).toThrow(
    "terminationProtection: 'false' is not allowed in stage 'prod'; allowed is 'true'",
  );
  expect(prodStack({ terminationProtection: true }).terminationProtection).toBe(true);
});

test('every resource that can have tags has those of the settings, and that of the stage', () => {
  const template = templateOf('prod', { tags: { owner: 'identity-team', 'cost-center': '42' } });
  const expected = ['cost-center=42', 'gatehouse:stage=prod', 'owner=identity-team'];
  for (const type of ['DynamoDB::GlobalTable', 'KMS::Key', 'Lambda::Function', 'SQS::Queue', 'WAFv2::WebACL']) {
    for (const { Properties } of Object.values(resourcesOf(template, `AWS::${type}`))) {
      const tags: { Key: string; Value: string }[] = Properties.Tags ?? Properties.Replicas[0].Tags;
      expect(tags.map(({ Key, Value }) => `${Key}=${Value}`).sort()).toEqual(expected);
    }
  }
});

function prodStack(props: Partial<GatehouseStackProps>): GatehouseStack {
  return new GatehouseStack(testApp(), 'Gatehouse', {
    stage: 'prod',
    config: prodConfig,
    code: functionCode(),
    ...props,
  });
}
