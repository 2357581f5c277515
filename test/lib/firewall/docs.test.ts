import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { transformSync } from 'esbuild';
import * as gatehouse from '../../../lib/index.ts';
import { compileErrors } from '../../support/compile.ts';
import { testApp } from '../support.ts';
import { synthesize } from './support.ts';

const page = readFileSync('docs/firewall.md', 'utf8');
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);

/** What the page says is the reader's. */
function readersOwn(stack: Stack) {
  const api = new RestApi(stack, 'Api');
  api.root.addMethod('GET');
  const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'LoadBalancer', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/ours/1',
    securityGroupId: 'sg-1',
  });
  const bucket = Bucket.fromBucketName(stack, 'Bucket', 'aws-waf-logs-ours');
  return { stage: api.deploymentStage, loadBalancer, bucket };
}

test('the code of the page compiles', async () => {
  const types = {
    stage: "import('aws-cdk-lib/aws-apigateway').IStage",
    loadBalancer: "import('aws-cdk-lib/aws-elasticloadbalancingv2').IApplicationLoadBalancer",
    bucket: "import('aws-cdk-lib/aws-s3').IBucket",
  };
  const own = Object.entries(types).map(([name, type]) => `declare const ${name}: ${type};`);
  const sources = Object.fromEntries(
    blocks.map((code, index) => {
      const imports = [...code.matchAll(/^import .*$/gm)].map(([line]) => line);
      const body = code.replaceAll(/^import .*$/gm, '');
      const text = [...imports, "import { Stack } from 'aws-cdk-lib';", ...own];
      return [`block${index}`, `${text.join('\n')}\nclass Ours extends Stack { make() {\n${body}\n} }\nnew Ours();`];
    }),
  );
  expect(
    Object.entries(await compileErrors(sources, '', { packages: true })).filter(([, errors]) => errors.length > 0),
  ).toEqual([]);
  expect(blocks.length).toBeGreaterThanOrEqual(6);
}, 60_000);

test.each(blocks.map((code, index) => [index, code] as const))('block %i of the page synthesizes', (_, code) => {
  const stack = new Stack(testApp(), 'Ours', { env: { region: 'eu-west-1' } });
  const { code: body } = transformSync(code.replaceAll(/^import .*$/gm, ''), { loader: 'ts' });
  const scope = { ...gatehouse, ...readersOwn(stack) };
  const run = new Function(...Object.keys(scope), `${body}; return typeof rules === 'undefined' ? [] : rules;`);
  const rules = run.apply(stack, Object.values(scope)) as gatehouse.FirewallRule[];
  if (rules.length > 0) new gatehouse.Firewall(stack, 'Rules', { rules });
  expect(Object.keys(Template.fromStack(stack).findResources('AWS::WAFv2::WebACL'))).not.toEqual([]);
});

test('the table lists the rules of Gatehouse in their order, with the limits that they have', () => {
  const rules = gatehouse.FirewallRules.gatehouse({ blockedCountries: ['KP'], blockedAsns: [64500] });
  const section = page.slice(page.indexOf("## Gatehouse's rules"));
  const listed = [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  );
  expect(listed.filter((name) => name !== 'AllowedCountries')).toEqual(rules.map(({ name }) => name));
  const { webAcl } = synthesize({ rules });
  for (const { Name, Statement } of webAcl.Rules) {
    if (!Statement.RateBasedStatement) continue;
    const row = section.split('\n').find((line) => line.startsWith(`| \`${Name}\``));
    expect([Name, row]).toEqual([
      Name,
      expect.stringContaining(Statement.RateBasedStatement.Limit.toLocaleString('en')),
    ]);
  }
});

test('the table of matches names each function, and parts and keys are all there', () => {
  for (const name of Object.keys(gatehouse.FirewallMatch)) expect(page).toMatch(new RegExp(`\`${name}\\(`));
  for (const name of [...Object.keys(gatehouse.RequestPart), ...Object.keys(gatehouse.RateKey)]) {
    expect(page).toMatch(new RegExp(`\`${name}(\\(name\\))?\``));
  }
});
