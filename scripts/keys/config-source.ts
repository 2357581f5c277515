import { type ArrayExpression, type Expression, type ObjectExpression, parseSync, type StringLiteral } from '@swc/core';
import { signingAlgorithms, signingKeyStates } from '../../contract/signing.ts';
import { KeysError } from './keys-error.ts';
import type { ConfiguredKey } from './step.ts';

export const configFileName = 'gatehouse.config.ts';

/** A part of the source, as offsets of its characters. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ConfigElement extends ConfiguredKey {
  readonly span: Span;
  readonly stateSpan: Span;
}

/** What `npm run keys` reads of a stage's settings, without running them: a configuration that synthesis refuses can be mended. */
export interface StageSource {
  readonly region?: string | undefined;
  readonly publishWaitMinutes?: number | undefined;
  readonly dropWaitMinutes?: number | undefined;
  /** The base URL, where the settings tell. */
  readonly baseUrl?: string | undefined;
  /** Throws `KeysError` when the keys are not written out as literals. */
  signingKeys(): readonly ConfigElement[];
}

/** Finds a stage in the source of gatehouse.config.ts: `stages`, the stage, its settings, all as object literals. */
export function readStage(source: string, stage: string): StageSource {
  const bytes = Buffer.from(source);
  // Offsets of the parser count bytes, from one.
  const span = (node: { span: Span }): Span => ({
    start: bytes.subarray(0, node.span.start - 1).toString().length,
    end: bytes.subarray(0, node.span.end - 1).toString().length,
  });
  const settings = objectAt(rootObject(source), ['stages', stage]);
  return {
    region: literal(settings, 'region', 'StringLiteral') as string | undefined,
    publishWaitMinutes: literal(settings, 'keyPublishWaitMinutes', 'NumericLiteral') as number | undefined,
    dropWaitMinutes: literal(settings, 'keyDropWaitMinutes', 'NumericLiteral') as number | undefined,
    baseUrl: baseUrlOf(settings),
    signingKeys: () => elements(property(settings, 'signingKeys')).map((element) => toElement(element, span)),
  };
}

/** Names of the stages. */
export function stageNames(source: string): string[] {
  return objectAt(rootObject(source), ['stages']).properties.flatMap((entry) =>
    entry.type === 'KeyValueProperty' && 'value' in entry.key ? [String(entry.key.value)] : [],
  );
}

/** What `export default defineConfig({ … })` or `export default { … }` exports. */
function rootObject(source: string): ObjectExpression {
  let body: ReturnType<typeof parseSync>['body'];
  try {
    body = parseSync(source, { syntax: 'typescript' }).body;
  } catch {
    throw notEditable('it is not valid TypeScript');
  }
  const exported = body.find((item) => item.type === 'ExportDefaultExpression')?.expression;
  const value = exported?.type === 'CallExpression' ? exported.arguments[0]?.expression : exported;
  if (value?.type === 'ObjectExpression') return value;
  throw notEditable("it does not end in 'export default defineConfig({ … })'");
}

function objectAt(object: ObjectExpression, path: readonly string[]): ObjectExpression {
  let current = object;
  for (const name of path) {
    const value = property(current, name);
    if (value?.type !== 'ObjectExpression')
      throw notEditable(`'${name}' is ${value ? 'no object literal' : 'missing'}`);
    current = value;
  }
  return current;
}

function baseUrlOf(settings: ObjectExpression): string | undefined {
  const domain = property(settings, 'domain');
  const name = domain?.type === 'ObjectExpression' ? literal(domain, 'name', 'StringLiteral') : undefined;
  return name === undefined ? (literal(settings, 'baseUrl', 'StringLiteral') as string | undefined) : `https://${name}`;
}

function property(object: ObjectExpression, name: string): Expression | undefined {
  for (const entry of object.properties) {
    if (entry.type === 'KeyValueProperty' && 'value' in entry.key && entry.key.value === name) return entry.value;
  }
  return undefined;
}

function literal(object: ObjectExpression, name: string, type: 'StringLiteral' | 'NumericLiteral'): unknown {
  const value = property(object, name);
  if (!value) return undefined;
  if (value.type === type) return value.value;
  throw notEditable(`'${name}' is no literal`);
}

function elements(value: Expression | undefined): ObjectExpression[] {
  if (value?.type !== 'ArrayExpression')
    throw notEditable(`'signingKeys' is ${value ? 'no array literal' : 'missing'}`);
  return (value as ArrayExpression).elements.map((element) => {
    if (element && !element.spread && element.expression.type === 'ObjectExpression') return element.expression;
    throw notEditable("'signingKeys' has an element that is no object literal");
  });
}

function toElement(element: ObjectExpression, span: (node: { span: Span }) => Span): ConfigElement {
  const text = (name: string): StringLiteral => {
    const value = property(element, name);
    if (value?.type === 'StringLiteral') return value;
    throw notEditable(`'signingKeys' has an element whose '${name}' is no string literal`);
  };
  return {
    span: span(element),
    id: text('id').value,
    algorithm: known(
      'algorithm',
      text('algorithm').value,
      Object.keys(signingAlgorithms) as ConfiguredKey['algorithm'][],
    ),
    state: known('state', text('state').value, signingKeyStates),
    stateSpan: span(text('state')),
  };
}

function known<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found) return found;
  throw notEditable(`'signingKeys' has the ${name} '${value}'; allowed are ${allowed.join(', ')}`);
}

const notEditable = (why: string) =>
  new KeysError('CONFIG_NOT_EDITABLE', `${configFileName} cannot be read as text: ${why}`);
