import type { BetterAuthDBSchema } from 'better-auth/db';

/** Where the rows of one model live, and what must be unique. All field names are physical (`fieldName`). */
export interface ModelLayout {
  /** The canonical model name of the schema, stable when a fork renames the table. */
  readonly model: string;
  /** Fields of a row, `id` first. */
  readonly fields: readonly string[];
  /** The field whose value names the partition, and the model whose partition it is. Rows without one live alone. */
  readonly parent?: { readonly field: string; readonly model: string };
  /** The field that names the row within its partition: `id`, or the token of a session. */
  readonly rowKey: string;
  /** Field combinations that no two rows may share. A row with a null among them is not held to it. */
  readonly uniques: readonly (readonly string[])[];
  /** Fields that find rows, without being unique. */
  readonly refs: readonly string[];
  /** The date field after which a row is gone. */
  readonly expires?: string;
  /** Whether the rows are in the directory index. */
  readonly listed: boolean;
}

export type Layouts = ReadonlyMap<string, ModelLayout>;

/** Models of which an expired row is of no use to anybody. Others (invitations, API keys) stay readable and are kept. */
const expiring: Readonly<Record<string, string>> = {
  session: 'expiresAt',
  verification: 'expiresAt',
  deviceCode: 'expiresAt',
  trustedDevice: 'expiresAt',
};
/** Parents that are no reference of the schema. */
const parents: Readonly<Record<string, string>> = { verification: 'identifier' };
const rowKeys: Readonly<Record<string, string>> = { session: 'token' };
/** Uniqueness that Better Auth relies on without declaring it: two owners of one account make its lookups throw. */
const undeclaredUniques: Readonly<Record<string, readonly (readonly string[])[]>> = {
  account: [['providerId', 'accountId']],
};
/** Declared as indexes but never looked up; a reference would spread the secret to a second item. */
const neverLookedUp: Readonly<Record<string, readonly string[]>> = { twoFactor: ['secret'] };

/** Whether rows of other models belong to the rows of this one, and go with them. */
export const hasChildren = (layouts: Layouts, { model }: ModelLayout): boolean =>
  [...layouts.values()].some((each) => each.model !== model && each.parent?.model === model);

/** Reads the layout of every model from Better Auth's schema, plugins included. `listing` names canonical models. */
export function layoutsOf(schema: BetterAuthDBSchema, listing: readonly string[] | 'all'): Layouts {
  return new Map(
    Object.entries(schema).map(([model, table]) => [
      model,
      layoutOf(model, table, listing === 'all' || listing.includes(model)),
    ]),
  );
}

function layoutOf(model: string, table: BetterAuthDBSchema[string], listed: boolean): ModelLayout {
  const fields = Object.entries(table.fields).filter(([name]) => name !== 'id');
  const physical = (name: string) => table.fields[name]?.fieldName || name;
  const has = (name: string | undefined): name is string =>
    name !== undefined && fields.some(([field]) => field === name);

  const parent = parentOf(model, fields);
  const rowKey = has(rowKeys[model]) ? physical(rowKeys[model]) : 'id';
  const uniques = [
    ...fields.filter(([, attributes]) => attributes.unique).map(([name]) => [name]),
    ...(table.indexes ?? []).filter((index) => index.unique).map((index) => [...index.fields]),
    ...(undeclaredUniques[model] ?? []),
  ].map((names) => names.map(physical));
  const refs = fields
    .filter(([, { index, references }]) => index || references?.field === 'id')
    .map(([name]) => name)
    .filter((name) => name !== parent?.name && !neverLookedUp[model]?.includes(name))
    .map(physical)
    .filter((name) => !uniques.some((unique) => unique.length === 1 && unique[0] === name));

  return {
    model,
    fields: ['id', ...fields.map(([name]) => physical(name))],
    ...(parent && { parent: { field: physical(parent.name), model: parent.model } }),
    rowKey,
    uniques: uniques.filter((names, i) => uniques.findIndex((other) => other.join() === names.join()) === i),
    refs,
    ...(has(expiring[model]) && { expires: physical(expiring[model]) }),
    listed,
  };
}

/**
 * A row belongs to its user's partition if it always has a user and goes with that user. One that gets its user later, or stays
 * when the user is deleted, cannot.
 */
function parentOf(model: string, fields: [string, BetterAuthDBSchema[string]['fields'][string]][]) {
  const explicit = parents[model];
  if (explicit && fields.some(([name]) => name === explicit)) return { name: explicit, model };
  const user = fields.find(
    ([name, { references, required }]) =>
      name === 'userId' &&
      references?.model === 'user' &&
      (references.onDelete ?? 'cascade') === 'cascade' &&
      required !== false,
  );
  return user && { name: user[0], model: 'user' };
}
