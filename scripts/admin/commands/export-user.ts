import type { IdentityStore } from '../identity-store.ts';
import { shownRow } from '../shown-row.ts';
import { json } from '../text.ts';
import type { User } from '../user.ts';
import { everyRow, type Result, type UserInput } from './command.ts';

/** Everything that is kept of a user (GDPR, articles 15 and 20): the row, and all rows that refer to it, by model; without secrets. */
export async function exportUser({ store, user, now }: UserInput): Promise<Result> {
  const related = await Promise.all(references(store).map((reference) => rowsAt(store, reference, user)));
  const found: Found[] = [{ model: 'user', rows: [user] }, ...related];
  const shown = found.flatMap(({ model, rows }) =>
    rows.map((row) => ({ model, ...shownRow(row, store.schema[model]!) })),
  );
  const rows = Object.fromEntries(
    found.map(({ model }) => [model, shown.filter((each) => each.model === model).map(({ row }) => row)]),
  );
  const withheld = new Set(shown.flatMap(({ model, withheld }) => withheld.map((field) => `${model}.${field}`)));
  const data = { exportedAt: now().toISOString(), rows, withheld: [...withheld] };
  return { data, lines: [json(data)] };
}

interface Reference {
  readonly model: string;
  readonly field: string;
}

interface Found {
  readonly model: string;
  readonly rows: readonly object[];
}

/** The fields of the schema, plugins' included, that name a user. */
function references({ schema }: IdentityStore): Reference[] {
  const users = schema.user!.modelName;
  return Object.entries(schema).flatMap(([model, { fields }]) =>
    Object.entries(fields)
      .filter(([, { references }]) => references?.field === 'id' && references.model === users)
      .map(([field]) => ({ model, field })),
  );
}

async function rowsAt({ adapter }: IdentityStore, { model, field }: Reference, { id }: User): Promise<Found> {
  const where = [{ field, value: id }];
  return { model, rows: await adapter.findMany<object>({ model, where, limit: everyRow }) };
}
