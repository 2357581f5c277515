import assert from 'node:assert/strict';
import type { Assembly, Resource } from './assembly.ts';
import type { ExampleCheck } from './check-examples.ts';
import { expectBundled, expectPrebuilt } from './expect-bundle.ts';

const stacks = ['Customers', 'Staff'] as const;
type AuthStack = (typeof stacks)[number];

/** Two Gatehouses use all of what the platform has, and make nothing in its place. */
export const embedInPlatform: ExampleCheck = {
  formats: ['esm', 'cjs'],
  async expectations(assembly) {
    for (const stack of stacks) {
      expectNothingInItsPlace(assembly, stack);
      expectKeys(assembly, stack);
      expectAlarmsReachTheTopic(assembly, stack);
      expectFront(assembly, stack);
      expectBoundary(assembly, stack);
    }
    expectTables(assembly);
    expectVpc(assembly);
    await expectBundled(
      assembly,
      assembly.resource('Customers', 'AWS::Lambda::Function', /AuthFunction/),
      'maxPerUser:3',
    );
    expectPrebuilt(assembly, assembly.resource('Staff', 'AWS::Lambda::Function', /AuthFunction/), 'auth');
    for (const stack of stacks) {
      expectPrebuilt(assembly, assembly.resource(stack, 'AWS::Lambda::Function', /Mailer/), 'mailer');
      expectPrebuilt(assembly, assembly.resource(stack, 'AWS::Lambda::Function', /Publisher/), 'key-publisher');
    }
  },
};

function expectNothingInItsPlace(assembly: Assembly, stack: AuthStack): void {
  const types = assembly.types(stack);
  for (const type of [
    'EC2::VPC',
    'EC2::Subnet',
    'SNS::Topic',
    'WAFv2::WebACL',
    'WAFv2::IPSet',
    'ApiGateway::Account',
  ]) {
    assert.ok(!types.has(`AWS::${type}`), `${stack} makes an AWS::${type}`);
  }
  // The two signing keys are Gatehouse's own.
  const usages = assembly.resources(stack, 'AWS::KMS::Key').map(({ Properties }) => Properties.KeyUsage);
  assert.deepEqual(usages, ['SIGN_VERIFY', 'SIGN_VERIFY']);
  const logGroups = assembly.resources(stack, 'AWS::Logs::LogGroup').map(({ id }) => id);
  assert.deepEqual(
    logGroups.filter((id) => /Access/.test(id)),
    [],
  );
}

function expectKeys(assembly: Assembly, stack: AuthStack): void {
  const keys = (type: string, keyOf: (properties: Resource['Properties']) => unknown) =>
    assembly.resources(stack, type).map(({ Properties }) => assembly.target(keyOf(Properties)));
  const used = [
    ...keys('AWS::DynamoDB::GlobalTable', ({ Replicas }) => Replicas[0].SSESpecification?.KMSMasterKeyId),
    ...keys('AWS::SecretsManager::Secret', ({ KmsKeyId }) => KmsKeyId),
    ...keys('AWS::SQS::Queue', ({ KmsMasterKeyId }) => KmsMasterKeyId),
  ];
  assert.equal(used.length, 5);
  for (const key of used) assert.match(key, /^Platform\.DataKey/);
  const logKeys = keys('AWS::Logs::LogGroup', ({ KmsKeyId }) => KmsKeyId);
  assert.ok(logKeys.length > 0, `${stack} has no log groups`);
  for (const key of logKeys) assert.match(key, /^Platform\.LogsKey/);
}

function expectAlarmsReachTheTopic(assembly: Assembly, stack: AuthStack): void {
  const alarms = assembly.resources(stack, 'AWS::CloudWatch::Alarm');
  assert.ok(alarms.length > 10, `${stack} has ${alarms.length} alarms`);
  for (const { Properties } of alarms) {
    assert.match(
      Properties.AlarmActions.map((action: unknown) => assembly.target(action)).join(),
      /^Platform\.Alarms\w+$/,
    );
  }
}

function expectFront(assembly: Assembly, stack: AuthStack): void {
  const { Properties: association } = assembly.resource(stack, 'AWS::WAFv2::WebACLAssociation');
  assert.match(assembly.target(association.WebACLArn), /^Platform\.Firewall/);
  const { Properties: stage } = assembly.resource(stack, 'AWS::ApiGateway::Stage');
  assert.match(assembly.target(stage.AccessLogSetting.DestinationArn), /^Platform\.AccessLogs/);
}

function expectBoundary(assembly: Assembly, stack: AuthStack): void {
  for (const { id, Properties } of assembly.resources(stack, 'AWS::IAM::Role')) {
    assert.match(JSON.stringify(Properties.PermissionsBoundary ?? ''), /policy\/PlatformBoundary/, `${stack}: ${id}`);
  }
}

/** The table that the customers' stack brings is the one in use. */
function expectTables(assembly: Assembly): void {
  const tables = assembly
    .resources('Customers', 'AWS::DynamoDB::GlobalTable')
    .map(({ id }) => id.replace(/\w{8}$/, ''));
  assert.deepEqual(tables.sort(), ['GatehouseRateLimitTable', 'Identities']);
  const { Properties } = assembly.resource('Customers', 'AWS::Lambda::Function', /AuthFunction/);
  assert.match(assembly.target(Properties.Environment.Variables.GATEHOUSE_IDENTITY_TABLE), /^Identities/);
}

/** The function of the staff's stack is in the platform's network, that of the customers' in none. */
function expectVpc(assembly: Assembly): void {
  const { VpcConfig } = assembly.resource('Staff', 'AWS::Lambda::Function', /AuthFunction/).Properties;
  const subnets: string[] = VpcConfig.SubnetIds.map((id: unknown) => assembly.target(id));
  assert.equal(subnets.length, 2);
  for (const subnet of subnets) assert.match(subnet, /^Platform\.VpcPrivateSubnet/);
  const { Properties: group } = assembly.resource('Staff', 'AWS::EC2::SecurityGroup');
  assert.match(assembly.target(group.VpcId), /^Platform\.Vpc/);
  assert.equal(assembly.resource('Customers', 'AWS::Lambda::Function', /AuthFunction/).Properties.VpcConfig, undefined);
}
