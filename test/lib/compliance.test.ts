import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { AwsSolutionsChecks, HIPAASecurityChecks, type NagPack, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { Gatehouse, GatehouseChecks, ServiceEndpoints } from '../../lib/index.ts';
import { acknowledgements } from '../../scripts/compliance/acknowledgements.ts';
import { fullApp } from '../../scripts/compliance/app.ts';
import { compliancePage, pageFile } from '../../scripts/compliance/page.ts';
import { functionCode, testApp } from './support.ts';

const packs = (): NagPack[] => [
  new AwsSolutionsChecks(),
  new NIST80053R5Checks(),
  new HIPAASecurityChecks(),
  new PCIDSS321Checks(),
];

function synthesize(app: App): unknown[] {
  Validations.of(app).addPlugins(...packs(), new GatehouseChecks());
  app.synth();
  return JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports;
}

test('the page has every exception: a new one, or a changed reason, is a change of the page', () => {
  expect(readFileSync(pageFile, 'utf8')).toBe(compliancePage());
});

test.each([undefined, '111122223333'])(
  'both stages pass all packs, our own checks and the validation of templates, with every part that a stage can have, in account %s',
  (account) => {
    expect(synthesize(fullApp(account))).toEqual([]);
  },
);

test('so does a function in a VPC, with the endpoints that it needs', () => {
  const app = testApp();
  const stack = new Stack(app, 'Gatehouse', { env: { account: '111122223333', region: 'eu-west-1' } });
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-11111111',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
    privateSubnetRouteTableIds: ['rtb-11111111', 'rtb-22222222'],
  });
  new ServiceEndpoints(stack, 'Endpoints', { vpc });
  const baseUrl = 'https://auth.example.com';
  const code = functionCode();
  new Gatehouse(stack, 'Gatehouse', {
    stage: 'prod',
    baseUrl,
    mailFrom: 'no-reply@example.com',
    code,
    vpc,
    tracing: true,
  });
  expect(synthesize(app)).toEqual([]);
});

test('every exception is needed: without them the packs find exactly these', () => {
  const app = fullApp();
  const excepted = acknowledgements(app);
  const stacks = app.node.children.filter((child) => Stack.isStack(child));
  for (const construct of app.node.findAll()) forget(construct);
  const found = packs().flatMap((pack) =>
    stacks.flatMap((stack) =>
      pack.validateScope(stack).violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => ({
          ruleName,
          path: constructPath!.slice(stack.node.path.length + 1),
        })),
      ),
    ),
  );
  const unneeded = excepted.filter(
    ({ id, path }) => !found.some((finding) => finding.ruleName === id && `${finding.path}/`.startsWith(`${path}/`)),
  );
  expect(unneeded).toEqual([]);
  expect(found.length).toBeGreaterThan(30);
});

/** There is no public way to take an acknowledgement back. */
function forget(construct: IConstruct): void {
  const node = construct.node as unknown as { _metadata?: { type: string }[] };
  node._metadata = node._metadata?.filter(({ type }) => type !== Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
}

test('reasons are sentences, each for one construct below a stack', () => {
  for (const { reason, path } of acknowledgements(fullApp())) {
    expect(reason).toMatch(/^[A-Z(x].{40,}\.$/s);
    expect(path).toContain('/');
  }
});
