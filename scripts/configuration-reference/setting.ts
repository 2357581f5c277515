import * as z from 'zod';
import { stageConfig } from '../../lib/stage-config.ts';

/** A setting of a stage, as the schema has it. */
export interface Setting {
  /** Dotted, as in the configuration: `mail.from`; `signingKeys[].id` is of each element. */
  readonly path: string;
  /** In words of TypeScript. */
  readonly type: string;
  /** Whether what holds it cannot be without it. */
  readonly required: boolean;
}

/** The parts of JSON Schema that zod writes for the configuration. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** Every setting of a stage, in the order of the schema, each section before what it holds. */
export function settingsOf(schema: z.ZodType = stageConfig): Setting[] {
  return inside(z.toJSONSchema(schema, { io: 'input' }) as Schema, '');
}

function inside({ properties = {}, required = [] }: Schema, prefix: string): Setting[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = prefix + name;
    const setting = { path, type: typeOf(schema), required: required.includes(name) };
    return [setting, ...inside(schema, `${path}.`), ...(schema.items ? inside(schema.items, `${path}[].`) : [])];
  });
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.items) return schema.items.enum ? `(${typeOf(schema.items)})[]` : `${typeOf(schema.items)}[]`;
  if (schema.type === 'object' && !schema.properties) return recordOf(schema);
  if (schema.type === 'integer' || schema.type === 'number') return numberOf(schema);
  if (!schema.type) throw new Error(`a schema without a type: ${JSON.stringify(schema)}`);
  return schema.format && schema.format !== 'regex' ? `${schema.type} (${schema.format})` : schema.type;
}

function recordOf({ propertyNames, additionalProperties }: Schema): string {
  const value = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown';
  return `{ [${propertyNames?.enum ? 'name' : 'key'}]: ${value} }`;
}

/** The bounds of JavaScript's integers say nothing. */
function numberOf({ type, minimum, maximum }: Schema): string {
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (least === undefined) return type === 'integer' ? 'whole number' : 'number';
  return `whole number from ${least}${most === undefined ? '' : ` to ${most}`}`;
}
