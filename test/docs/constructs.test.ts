import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type App, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { transformSync } from 'esbuild';
import * as gatehouse from '../../lib/index.ts';
import { functionCode, inlineCode, testApp } from '../lib/support.ts';
import { compileErrors } from '../support/compile.ts';

const folder = 'docs/constructs';
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
const fileOf = (name: string): string => `${name.replaceAll(/(?<!^)(?=[A-Z])/g, '-').toLowerCase()}.md`;
const constructs = Object.entries(gatehouse).flatMap(([name, value]) => (isClass(value) ? [name] : []));
const examples = new Map(pages.map((page) => [page, exampleOf(page)]));

test('every construct that the package exports has a page, and every page a construct', () => {
  expect(constructs.length).toBeGreaterThan(20);
  expect(pages.sort()).toEqual(constructs.map(fileOf).sort());
});

test.each(constructs)(
  'the page of %s says what it costs, what stays, and leads to its place in the API reference',
  (name) => {
    const text = readFileSync(`${folder}/${fileOf(name)}`, 'utf8');
    expect(text).toMatch(new RegExp(`^# ${name}$`, 'm'));
    for (const row of ['What you may bring', 'What it costs', 'Outlives the stack']) {
      expect(text).toMatch(new RegExp(`^\\| ${row} +\\| \\S`, 'm'));
    }
    const [, page, anchor] = /\]\(\.\.\/api\/([\w-]+\.md)#(\w+)\)/.exec(text)!;
    expect(anchor).toBe(name.toLowerCase());
    expect(readFileSync(`docs/api/${page}`, 'utf8')).toMatch(new RegExp(`^## ${name}$`, 'm'));
  },
);

test('every example compiles', async () => {
  const sources = Object.fromEntries([...examples].map(([page, code]) => [page.replace('.md', ''), code]));
  const globals = `declare const app: import('aws-cdk-lib').App;
    declare const stack: import('aws-cdk-lib').Stack;
    declare const role: import('aws-cdk-lib/aws-iam').Role;
    declare const handler: import('aws-cdk-lib/aws-lambda').IFunction;
    declare const alias: import('aws-cdk-lib/aws-lambda').Alias;`;
  const errors = await compileErrors(sources, globals, { packages: true });
  expect(errors).toEqual(Object.fromEntries(Object.keys(sources).map((name) => [name, []])));
});

test('every example makes its construct, and synthesizes', async () => {
  const app = testApp();
  for (const [page, code] of examples) {
    const name = constructs.find((construct) => fileOf(construct) === page);
    expect(code).toMatch(new RegExp(`\\bnew ${name}\\(`));
    // The rules are about whole stacks, so they get an app to themselves.
    await runIn(code.includes('Validations') ? testApp() : app, page, code);
  }
  expect(app.synth().stacks.length).toBeGreaterThanOrEqual(examples.size);
});

/** Runs an example in a stack of its own, with what the pages take for granted. */
async function runIn(app: App, page: string, code: string): Promise<void> {
  const stack = new Stack(app, page.replace('.md', ''), { env: { account: '111122223333', region: 'eu-west-1' } });
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const runtime = Runtime.NODEJS_24_X;
  const handler = new LambdaFunction(stack, 'Handler', { runtime, handler: 'index.handler', code: inlineCode() });
  const alias = new Alias(stack, 'Alias', { aliasName: 'live', version: handler.currentVersion });
  await run(code, { app, stack, role, handler, alias });
}

function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/** The one block of code of a page. */
function exampleOf(page: string): string {
  const blocks = [...readFileSync(`${folder}/${page}`, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  if (blocks.length !== 1) throw new Error(`${page} has ${blocks.length} examples; one is allowed`);
  return blocks[0]![1]!;
}

/** The constructs without bundles, which have tests of their own. */
const withoutBundles = {
  ...gatehouse,
  Gatehouse: given(gatehouse.Gatehouse, { code: functionCode() }),
  GatehouseStack: given(gatehouse.GatehouseStack, { code: functionCode() }),
  AuthFunction: given(gatehouse.AuthFunction, { code: inlineCode() }),
  JwtAuthorizer: given(gatehouse.JwtAuthorizer, { code: inlineCode() }),
  Mail: given(gatehouse.Mail, { code: inlineCode() }),
  SigningKeys: given(gatehouse.SigningKeys, { publisherCode: inlineCode() }),
};

function given<Construct extends object>(construct: Construct, more: object): Construct {
  return new Proxy(construct, {
    construct: (target, [scope, id, props], self) =>
      Reflect.construct(target as new (...args: unknown[]) => object, [scope, id, { ...props, ...more }], self),
  });
}

const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

async function run(code: string, globals: object): Promise<void> {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  const compiled = transformSync(code, { loader: 'ts', tsconfigRaw }).code;
  const body = compiled.replaceAll(/import (\{[^}]*\}) from "([^"]+)";/g, 'const $1 = await load("$2");');
  const load = (name: string) => (name === 'cdk-gatehouse' ? withoutBundles : import(name));
  await new AsyncFunction('load', ...Object.keys(globals), body)(load, ...Object.values(globals));
}
