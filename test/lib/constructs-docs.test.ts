import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { transformSync } from 'esbuild';
import * as gatehouse from '../../lib/index.ts';
import { functionCode, resourcesOf, testApp } from './support.ts';

const page = readFileSync('docs/constructs.md', 'utf8');

/** The constructs without bundles. */
const withoutBundles = {
  ...gatehouse,
  Gatehouse: class extends gatehouse.Gatehouse {
    constructor(scope: Construct, id: string, props: gatehouse.GatehouseProps) {
      super(scope, id, { ...props, code: functionCode() });
    }
  },
};

const load = (name: string) => (name === 'cdk-gatehouse' ? withoutBundles : import(name));
const kebab = (name: string) => name.replaceAll(/(?<!^)(?=[A-Z])/g, '-').toLowerCase();
const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

test('the example puts the auth function into a VPC, and every role under the boundary', async () => {
  const [, snippet] = /<!-- The tests run this block.* -->\n\n```ts\n([\s\S]*?)^```$/m.exec(page)!;
  const { code } = transformSync(snippet!, {
    loader: 'ts',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  const body = code.replaceAll(/import (\{[^}]*\}) from "([^"]+)";/g, 'const $1 = await load("$2");');
  const run = AsyncFunction('load', 'app', `${body}\nreturn { stack, watched };`) as (
    ...args: unknown[]
  ) => Promise<{ stack: Stack; watched: object[] }>;
  const { stack, watched } = await run(load, testApp() as App);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 4);
  const functions = Object.entries(resourcesOf(template, 'AWS::Lambda::Function'));
  expect(functions.filter(([, { Properties }]) => Properties.VpcConfig).map(([id]) => id)).toEqual([
    expect.stringMatching(/AuthFunction/),
  ]);
  for (const { Properties } of Object.values(resourcesOf(template, 'AWS::IAM::Role'))) {
    expect(JSON.stringify(Properties.PermissionsBoundary)).toContain('policy/GatehouseBoundary');
  }
  expect(watched).toHaveLength(3);
});

test('the page names constructs, props and methods that there are', () => {
  const constructs = [...page.split('## Bring your own')[0]!.matchAll(/^\| \[`(\w+)`/gm)].map(([, name]) => name!);
  const pages = readdirSync('docs/constructs').map((name) => name.replace('.md', ''));
  expect(constructs.map(kebab).sort()).toEqual(pages.sort());
  for (const name of constructs) expect(Object.keys(gatehouse)).toContain(name);

  const sources = readdirSync('lib')
    .filter((file) => /^(gatehouse|mail|auth-|identity-table|signing-keys)/.test(file))
    .map((file) => readFileSync(`lib/${file}`, 'utf8'))
    .join('\n');
  const missing = (names: readonly string[], pattern: (name: string) => RegExp) =>
    names.filter((name) => !pattern(name).test(sources));
  const [, brought = ''] = page.split('## Bring your own');
  const columns = [...brought.split('## In a VPC')[0]!.matchAll(/^\| [^|`]+ \| ([^|]+) \|/gm)];
  const props = columns.flatMap(([, cell]) => [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  expect(props).toHaveLength(16);
  expect(missing(props, (prop) => new RegExp(`readonly ${prop}\\?:`))).toEqual([]);

  const [, methods = ''] = page.split('## Grants and metrics');
  const named = [...methods.matchAll(/`(?:AuthFunction\.)?((?:grant|metric)\w+)`/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(3);
  expect(missing(named, (method) => new RegExp(`^  ${method}\\(`, 'm'))).toEqual([]);
});
