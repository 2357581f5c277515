import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Notes what CloudFormation's own handlers of our resource types call, as the registry's schemas declare it, in
 * test/docs/registry-permissions.json; the tests hold docs/policies against it. The schemas come with the Python package
 * cfn-lint: unpack its wheel, and give the folder `cfnlint/data/schemas`, then the resource types.
 */

const [folder, ...given] = process.argv.slice(2);
if (!folder) throw new Error('folder: is missing; give the folder cfnlint/data/schemas of an unpacked cfn-lint');
const target = 'test/docs/registry-permissions.json';
const noted = JSON.parse(readFileSync(target, 'utf8')) as { types: Record<string, readonly string[]> };

interface Schema {
  readonly handlers?: Readonly<Record<string, { readonly permissions?: readonly string[] }>>;
  readonly tagging?: { readonly permissions?: readonly string[] };
}

const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const files = read('providers/eu-west-1.json') as Record<string, string>;
const { schema_date: schemasOf } = read('version.json') as { schema_date: string };

function permissionsOf(type: string): readonly string[] {
  const { handlers, tagging } = read(`resources/${files[type]}.json`) as Schema;
  if (!handlers) throw new Error(`${type}: its schema has no handlers`);
  // Listing is for other tools than deployments.
  const used = Object.entries(handlers).flatMap(([name, { permissions = [] }]) => (name === 'list' ? [] : permissions));
  return [...new Set([...used, ...(tagging?.permissions ?? [])])].sort();
}

const types = [...new Set([...Object.keys(noted.types), ...given])].sort();
const permissions = Object.fromEntries(types.map((type) => [type, permissionsOf(type)]));
writeFileSync(target, `${JSON.stringify({ schemasOf, types: permissions }, null, 2)}\n`);
