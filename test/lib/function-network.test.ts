import { describe, expect, test } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Gatehouse, type GatehouseProps, ServiceEndpoints } from '../../lib/index.ts';
import { functionCode, resourceOf, resourcesOf, statementsOf, testStack } from './support.ts';

const vpcOf = (stack: Stack): IVpc =>
  new Vpc(stack, 'Vpc', {
    natGateways: 0,
    subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
const isolated = { subnetType: SubnetType.PRIVATE_ISOLATED };

function synthesize(props: (stack: Stack) => Partial<GatehouseProps>): Template {
  const stack = testStack();
  const required = { stage: 'dev', mailFrom: 'no-reply@example.com', code: functionCode() } as const;
  new Gatehouse(stack, 'Gatehouse', { ...required, ...props(stack) });
  return Template.fromStack(stack);
}

const functionIn = (template: Template) => resourceOf(template, 'AWS::Lambda::Function', /AuthFunction/).Properties;

describe('the auth function in a VPC', () => {
  const template = synthesize((stack) => ({ vpc: vpcOf(stack), vpcSubnets: isolated }));
  const statements = statementsOf(template, /AuthFunction/);

  test('is in its subnets, and lets nothing in and HTTPS out', () => {
    expect(functionIn(template).VpcConfig.SubnetIds).toHaveLength(2);
    const group = resourceOf(template, 'AWS::EC2::SecurityGroup', /AuthFunction/).Properties;
    expect(group.SecurityGroupIngress).toBeUndefined();
    expect(
      group.SecurityGroupEgress.map(({ CidrIp, CidrIpv6, FromPort, ToPort }: Record<string, unknown>) => [
        CidrIp ?? CidrIpv6,
        FromPort,
        ToPort,
      ]),
    ).toEqual([
      ['0.0.0.0/0', 443, 443],
      ['::/0', 443, 443],
    ]);
  });

  test('may have interfaces made by Lambda, and its code may not', () => {
    const interfaces = (effect: string) =>
      statements
        .filter(({ Effect }) => Effect === effect)
        .flatMap(({ Action }) => Action)
        .filter((action) => action.startsWith('ec2:'))
        .sort();
    expect(interfaces('Allow')).toEqual(interfaces('Deny'));
    expect(interfaces('Allow')).toHaveLength(6);
    expect(statements.find(({ Sid }) => Sid === 'NotByTheCodeItself')).toMatchObject({
      Effect: 'Deny',
      Resource: '*',
      Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    });
  });

  test('takes no policy of AWS for it', () => {
    const roles = Object.entries(resourcesOf(template, 'AWS::IAM::Role')).filter(([id]) => /AuthFunction/.test(id));
    expect(roles.map(([, { Properties }]) => Properties.ManagedPolicyArns)).toEqual([undefined]);
  });
});

test('security groups of a platform team are used as they are', () => {
  const template = synthesize((stack) => ({
    vpc: vpcOf(stack),
    vpcSubnets: isolated,
    securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Ours', 'sg-11111111')],
  }));
  expect(functionIn(template).VpcConfig.SecurityGroupIds).toEqual(['sg-11111111']);
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
});

test('without a VPC the function has neither interfaces nor leave for them', () => {
  const template = synthesize(() => ({}));
  expect(functionIn(template).VpcConfig).toBeUndefined();
  expect(JSON.stringify(statementsOf(template, /AuthFunction/))).not.toContain('ec2:');
});

test.each<[string, Partial<GatehouseProps>, string]>([
  ['subnets', { vpcSubnets: isolated }, 'vpcSubnets: has no effect without vpc; give both or none'],
  ['groups', { securityGroups: [] }, 'securityGroups: has no effect without vpc; give both or none'],
])('%s without a VPC are refused', (_, props, message) => {
  expect(() => synthesize(() => props)).toThrow(message);
});

describe('endpoints', () => {
  const stack = testStack();
  new ServiceEndpoints(stack, 'Endpoints', { vpc: vpcOf(stack), subnets: isolated });
  const endpoints = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::EC2::VPCEndpoint'));

  test('lead to what the auth function calls in AWS', () => {
    const services = endpoints.map(({ Properties }) => [
      Properties.VpcEndpointType,
      JSON.stringify(Properties.ServiceName).match(/[a-z]+(?="[\]}]*$|$)/)?.[0],
    ]);
    expect(services.sort()).toEqual([
      ['Gateway', 'dynamodb'],
      ['Interface', 'kms'],
      ['Interface', 'secretsmanager'],
      ['Interface', 'sqs'],
    ]);
  });

  test('let principals of this account through, and nobody else', () => {
    for (const { Properties } of endpoints) {
      expect(Properties.PolicyDocument.Statement).toEqual([
        {
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: '*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
        },
      ]);
    }
  });

  test('answer to the names that the SDK calls', () => {
    for (const { Properties } of endpoints) {
      if (Properties.VpcEndpointType === 'Interface') expect(Properties.PrivateDnsEnabled).toBe(true);
    }
  });
});
