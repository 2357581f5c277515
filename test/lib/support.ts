import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type GatehouseProps, GatehouseStack, type SigningKeyLock, type StageConfig } from '../../lib/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-synth-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The app as cdk.json sets it up. */
export function testApp(): App {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  return new App({ context, outdir: mkdtempSync(join(scratch, 'app-')) });
}

/** An empty stack for one construct. */
export function testStack(): Stack {
  return new Stack(testApp(), 'Test', { env: { region: 'eu-west-1' } });
}

/** Code that is no asset: the constructs' tests need no bundles, and their snapshots hold no hashes. */
export const inlineCode = (): Code => Code.fromInline('export const handler = async () => ({});');

export const functionCode = (): NonNullable<GatehouseProps['code']> => ({
  auth: inlineCode(),
  mailer: inlineCode(),
  keyPublisher: inlineCode(),
});

export const devConfig: StageConfig = {
  region: 'eu-west-1',
  productName: 'Example',
  mail: { from: 'no-reply@example.com' },
};

export const prodConfig: StageConfig = {
  ...devConfig,
  domain: { name: 'auth.example.com', hostedZone: { id: 'Z0123456789EXAMPLE000', name: 'example.com' } },
  mail: { from: 'no-reply@example.com', hostedZone: { id: 'Z0123456789EXAMPLE000', name: 'example.com' } },
  trustedOrigins: ['https://app.example.com'],
  adminNetworks: ['192.0.2.0/24', '2001:db8::/32'],
};

export function stackOf(
  stage: 'dev' | 'prod',
  config: Partial<StageConfig> = {},
  app = testApp(),
  signingKeyLock?: SigningKeyLock,
): GatehouseStack {
  const defaults = stage === 'prod' ? prodConfig : devConfig;
  return new GatehouseStack(app, `Gatehouse-${stage}`, {
    stage,
    config: { ...defaults, ...config },
    code: functionCode(),
    signingKeyLock,
  });
}

export function templateOf(stage: 'dev' | 'prod', config: Partial<StageConfig> = {}): Template {
  return Template.fromStack(stackOf(stage, config));
}

/** A CloudFormation resource, as far as these tests look into it. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is plain JSON, whose shape the assertions state
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string[];
}

export function resourcesOf(template: Template, type: string): Record<string, Resource> {
  return template.findResources(type) as Record<string, Resource>;
}

/** The only resource of its type, or the only one whose logical id matches. */
export function resourceOf(template: Template, type: string, idPattern = /./): Resource {
  const found = Object.entries(resourcesOf(template, type)).filter(([id]) => idPattern.test(id));
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} match ${idPattern}; expected exactly one`);
  return found[0]![1];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** The statements of the one policy whose logical id matches. */
export function statementsOf(template: Template, idPattern: RegExp): Statement[] {
  return resourceOf(template, 'AWS::IAM::Policy', idPattern).Properties.PolicyDocument.Statement;
}

export const actionsOf = (statements: readonly Statement[]): string[] => statements.flatMap(({ Action }) => Action);
