import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { checks, packs } from '../../bin/checks.ts';
import { Gatehouse, ServiceEndpoints } from '../../lib/index.ts';
import { acknowledgements } from '../../scripts/compliance/acknowledgements.ts';
import { fullApp } from '../../scripts/compliance/app.ts';
import { compliancePage, pageFile } from '../../scripts/compliance/page.ts';
import { functionCode, testApp } from './support.ts';

const isOwn = (id: string): boolean => id.startsWith('GatehouseChecks::');

/** What stops the synthesis, and what of our own checks an exception takes out. */
function synthesize(app: App) {
  Validations.of(app).addPlugins(...checks());
  app.synth();
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: object[]; suppressedViolations?: { acknowledgedId: string }[] }[];
  };
  return {
    violations: pluginReports.flatMap(({ violations }) => violations),
    suppressed: pluginReports.flatMap(({ suppressedViolations = [] }) => suppressedViolations),
  };
}

test('the page has every exception: a new one, or a changed reason, is a change of the page', () => {
  expect(readFileSync(pageFile, 'utf8')).toBe(compliancePage());
});

test.each([undefined, '111122223333'])(
  'every stage passes all packs, our own checks and the validation of templates, in account %s',
  (account) => {
    const app = fullApp(account);
    const { violations, suppressed } = synthesize(app);
    expect(violations).toEqual([]);
    const own = acknowledgements(app).filter(({ id }) => isOwn(id));
    expect(suppressed.map(({ acknowledgedId }) => acknowledgedId).sort()).toEqual(own.map(({ id }) => id).sort());
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
  expect(synthesize(app).violations).toEqual([]);
});

test('every exception is needed: without them the packs find exactly these', () => {
  const app = fullApp();
  const excepted = acknowledgements(app).filter(({ id }) => !isOwn(id));
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
    expect(reason).toMatch(/^.{40,}\.$/s);
    expect(path).toContain('/');
  }
});
