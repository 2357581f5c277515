import { expect } from '@jest/globals';
import { inOrder, type Memory, type Row } from './memory.ts';
import { type Performed, type Resolved, seen } from './perform.ts';

type Step<Kind extends Resolved['kind']> = Extract<Resolved, { kind: Kind }>;

/** Does to the memory what the adapter did to its table, where there is a choice the same, and expects the same answer. */
export function judge(memory: Memory, { step, result, code }: Performed) {
  const { model, where } = step;
  const matching = memory.matching(model, where);
  switch (step.kind) {
    case 'create':
      return judgeCreate(memory, step, result, code);
    case 'find':
      expect(code).toBeUndefined();
      return judgeFind(step, matching, result);
    case 'count':
      return expect(result).toBe(matching.length);
    case 'updateMany':
      expect(result).toBe(matching.length);
      for (const row of matching) Object.assign(row, step.set);
      return;
    case 'update':
      // Better Auth's factory does not ask the adapter to update a row that nothing describes.
      return judgeUpdate(memory, step, where.length > 0 ? matching : [], () => step.set, result, code);
    case 'incrementOne': {
      const counted = (row: Row) =>
        Object.fromEntries(Object.entries(step.increment).map(([field, by]) => [field, Number(row[field] ?? 0) + by]));
      return judgeUpdate(memory, step, matching, (row) => ({ ...step.set, ...counted(row) }), result, code);
    }
    case 'consumeOne': {
      expect(code).toBeUndefined();
      if (result === null) return expect(matching).toEqual([]);
      const consumed = oneOf(matching, result);
      expect(seen(model, result)).toEqual(consumed);
      memory.remove(model, [consumed]);
      memory.cascade();
      return;
    }
    default:
      expect(code).toBeUndefined();
      if (step.kind === 'deleteMany') expect(result).toBe(matching.length);
      memory.remove(model, matching);
      memory.cascade();
  }
}

function judgeCreate(memory: Memory, step: Step<'create'>, result: unknown, code: string | undefined) {
  const { model, data } = step;
  const row = seen(model, { ...(model === 'user' && { name: 'x' }), ...data });
  const refusals = memory.refusals(model, row);
  if (code !== undefined) return expect(refusals).toContain(code);
  if (!memory.arriving) expect(refusals).toEqual([]);
  const created = seen(model, result);
  expect(created).toEqual({ ...row, id: 'id' in data ? data.id : expect.stringMatching(/.{24}$/) });
  memory.rows[model].push(created);
}

function judgeUpdate(
  memory: Memory,
  { model }: Resolved,
  matching: readonly Row[],
  change: (row: Row) => Partial<Row>,
  result: unknown,
  code: string | undefined,
) {
  const changed = (row: Row) => ({ ...row, ...change(row) }) as Row;
  if (code !== undefined) {
    return expect(matching.flatMap((row) => memory.refusals(model, changed(row), row))).toContain(code);
  }
  if (result === null) return expect(matching).toEqual([]);
  const row = oneOf(matching, result);
  if (!memory.arriving) expect(memory.refusals(model, changed(row), row)).toEqual([]);
  Object.assign(row, changed(row));
  expect(seen(model, result)).toEqual(row);
}

function judgeFind(step: Step<'find'>, matching: readonly Row[], result: unknown) {
  const { model, one, offset = 0, limit = 1_000, sort } = step;
  const fields = step.select && [...new Set(['id', ...step.select])];
  // Which rows of a page were found is only known by their ids.
  const known = !fields || step.select?.includes('id');
  if (one) {
    if (result === null) return expect(matching).toEqual([]);
    if (known) expect(seen(model, result, fields)).toEqual(seen(model, oneOf(matching, result), fields));
    return;
  }
  const rows = result as Row[];
  expect(rows).toHaveLength(Math.min(limit, Math.max(0, matching.length - offset)));
  if (!known) return;
  const found = rows.map((row) => oneOf(matching, row));
  expect(new Set(found).size).toBe(rows.length);
  expect(rows.map((row) => seen(model, row, fields))).toEqual(found.map((row) => seen(model, row, fields)));
  if (!sort) return;
  const sign = sort.direction === 'asc' ? 1 : -1;
  const values = (of: readonly Row[]) => of.map((row) => row[sort.field] ?? null);
  const ordered = values(matching).sort((a, b) => sign * inOrder(a, b));
  expect(values(found)).toEqual(ordered.slice(offset, offset + limit));
}

function oneOf(rows: readonly Row[], wanted: unknown): Row {
  const row = rows.find(({ id }) => id === (wanted as Row).id);
  if (!row) throw new Error(`the adapter chose a row that does not match: ${JSON.stringify(wanted)}`);
  return row;
}
