import { Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, Peer, Port, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { SettingProblem } from '../contract/settings.ts';
import { acknowledge, findingArn } from './acknowledge.ts';

export interface FunctionNetwork {
  /** Runs the function in this VPC, which needs endpoints or a way out for what it calls: see `ServiceEndpoints`. @default - in none */
  readonly vpc?: IVpc;
  /** @default - the private subnets of `vpc` */
  readonly vpcSubnets?: SubnetSelection;
  /** @default - a new one, which lets out HTTPS and lets nothing in */
  readonly securityGroups?: readonly ISecurityGroup[];
}

export function networkProblems({ vpc, vpcSubnets, securityGroups }: FunctionNetwork): SettingProblem[] {
  if (vpc) return [];
  return Object.entries({ vpcSubnets, securityGroups }).flatMap(([setting, value]) =>
    value ? [{ setting, message: 'has no effect without vpc; give both or none' }] : [],
  );
}

/** The properties of a function of aws-cdk-lib. */
export function networkOf({ vpc, vpcSubnets, securityGroups }: FunctionNetwork) {
  if (!vpc) return {};
  return securityGroups
    ? { vpc, vpcSubnets, securityGroups: [...securityGroups] }
    : { vpc, vpcSubnets, allowAllOutbound: false, allowAllIpv6Outbound: false };
}

/** What a function in a VPC needs beside: the way out of its own security group, and leave for Lambda to make its interfaces. */
export function joinNetwork(fn: LambdaFunction, role: IRole, { securityGroups }: FunctionNetwork): void {
  if (!securityGroups) {
    for (const peer of [Peer.anyIpv4(), Peer.anyIpv6()])
      fn.connections.allowTo(peer, Port.HTTPS, 'what the function calls');
  }
  const interfaces = Stack.of(fn).formatArn({ service: 'ec2', resource: '*', resourceName: '*' });
  role.addToPrincipalPolicy(new PolicyStatement({ actions: changes, resources: [interfaces] }));
  role.addToPrincipalPolicy(new PolicyStatement({ actions: reads, resources: ['*'] }));
  // Lambda uses the role to set up the function; a call by the function's own code carries this key.
  role.addToPrincipalPolicy(
    new PolicyStatement({
      sid: 'NotByTheCodeItself',
      effect: Effect.DENY,
      actions: [...changes, ...reads],
      resources: ['*'],
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }),
  );
  const reason =
    'Lambda makes the interfaces and their ids are not known before; reading them knows no resources. The code itself is denied all of it.';
  acknowledge(role, 'IAM5', reason, `Resource::${findingArn(fn, 'ec2', '*/*')}`);
  acknowledge(role, 'IAM5', reason, 'Resource::*');
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
const changes = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:UnassignPrivateIpAddresses',
];
const reads = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
