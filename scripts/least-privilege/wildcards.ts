import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Gatehouse } from '../../lib/index.ts';
import { account, region } from '../keys/policy/account.ts';
import { type Resources, resolve } from '../keys/policy/resolve.ts';

const inVpc = (why: string) => `In a VPC only: ${why} The code itself is denied it.`;
const interfaces = inVpc('Lambda makes the interfaces, with ids of its own.');
const archived = 'Objects of the archive, which Firehose names by the time of their delivery.';
const noResources = inVpc('it knows no resources.');

/** Why the resource of an action is not named in full. */
const reasons: Readonly<Record<string, string>> = {
  'cloudwatch:DescribeAlarms': 'Names of alarms are made at deployment, after the role. It reads states.',
  'cloudwatch:GetMetricData': 'It knows no resources. It reads numbers.',
  'ec2:AssignPrivateIpAddresses': interfaces,
  'ec2:CreateNetworkInterface': interfaces,
  'ec2:DeleteNetworkInterface': interfaces,
  'ec2:DescribeNetworkInterfaces': noResources,
  'ec2:DescribeSubnets': noResources,
  'ec2:UnassignPrivateIpAddresses': interfaces,
  's3:AbortMultipartUpload': archived,
  's3:GetObject': archived,
  's3:PutObject': archived,
  'ses:SendEmail': "In dev only: SES's sandbox asks for leave on the recipient's identity. The sender stays fixed.",
  'xray:PutTelemetryRecords': 'With tracing only: it knows no resources.',
  'xray:PutTraceSegments': 'With tracing only: it knows no resources.',
};

export interface Wildcard {
  readonly action: string;
  readonly resource: string;
  readonly reason: string;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** Every `*` in what the stack's roles are allowed, with every option on. Throws for one without a reason. */
export function wildcards(): Wildcard[] {
  const found = [everything('prod'), everything('dev')].flatMap((resources) =>
    Object.values(resources)
      .filter(({ Type }) => /^AWS::IAM::(Managed)?Policy$/.test(Type))
      .flatMap(({ Properties }) => resolve(Properties.PolicyDocument, resources) as { Statement: Statement[] })
      .flatMap(({ Statement }) => Statement.flatMap(wildcardsIn)),
  );
  const byKey = new Map(found.map((wildcard) => [`${wildcard.action} ${wildcard.resource}`, wildcard]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}

/** The wildcards of one statement. */
export function wildcardsIn({ Effect, Action, Resource }: Statement): Wildcard[] {
  if (Effect !== 'Allow') return [];
  const open = ([Resource].flat() as string[]).filter((resource) => resource.replace(logStreams, '').includes('*'));
  return [Action].flat().flatMap((action) => {
    if (action.includes('*')) throw new Error(`'${action}' is not allowed; an action is named in full`);
    return open.map((resource) => {
      const reason = reasons[action];
      if (!reason)
        throw new Error(`${action} on '${resource}' has no reason; name the resource, or say why it cannot be`);
      return { action, resource, reason };
    });
  });
}

/** The ARN of a log group ends with its streams, in IAM. */
const logStreams = /(:log-group:[^:*]+):\*$/;

/** A stage with all options that widen what its roles may do. */
function everything(stage: 'prod' | 'dev'): Resources {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  const code = Code.fromInline('export const handler = async () => ({});');
  const stack = new Stack(new App({ context }), 'Gatehouse', { env: { account, region } });
  new Gatehouse(stack, 'Gatehouse', {
    stage,
    baseUrl: 'https://auth.example.com',
    mailFrom: 'no-reply@example.com',
    code: { auth: code, mailer: code, keyPublisher: code },
    tracing: true,
    rollout: 'canary',
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-11111111',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
      privateSubnetRouteTableIds: ['rtb-11111111', 'rtb-22222222'],
    }),
  });
  return Template.fromStack(stack).toJSON().Resources as Resources;
}
