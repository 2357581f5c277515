import { type Expression, parseExpression, type Row } from './expression.ts';

/**
 * Runs a query over the lines of a log, as far as the project's queries go. Throws for a field that no line has: such a query finds
 * nothing, and looks as if nothing had happened.
 */
export function runQuery(query: string, lines: readonly object[]): Row[] {
  const logged: Row[] = lines.map((line) => ({
    ...flatten(line),
    '@message': JSON.stringify(line),
    '@timestamp': timeOf(line),
  }));
  const state: State = { rows: logged, known: new Set(logged.flatMap((row) => Object.keys(row))) };
  for (const command of query.split(/^\||\n\|/)) run(command.trim(), state);
  return state.rows;
}

interface State {
  rows: Row[];
  known: Set<string>;
}

function run(command: string, state: State): void {
  const [, name = '', argument = ''] = /^(\w+)\s+([\s\S]+)$/.exec(command) ?? [];
  const execute = commands[name];
  if (!execute) throw new Error(`'${command}' is not evaluated; known are ${Object.keys(commands)}`);
  execute(argument, state);
}

const commands: Readonly<Record<string, (argument: string, state: State) => void>> = {
  fields: (argument, state) => {
    // It chooses what is shown; later commands may use the others too.
    for (const item of list(argument)) expression(item, state);
  },
  filter: (argument, state) => {
    const keep = expression(argument, state);
    state.rows = state.rows.filter((row) => keep(row));
  },
  sort: (argument, state) => {
    const [field = '', order = 'asc'] = argument.split(/\s+/);
    const value = expression(field, state);
    const factor = order === 'desc' ? -1 : 1;
    state.rows = [...state.rows].sort((one, other) => factor * compare(value(one), value(other)));
  },
  limit: (argument, state) => {
    state.rows = state.rows.slice(0, Number(argument));
  },
  stats: (argument, state) => {
    const [what = '', by = ''] = argument.split(/\sby\s/);
    const groups = new Map<string, Row[]>();
    const keys = list(by).map((item) => [item, groupKey(item, state)] as const);
    for (const row of state.rows) {
      const key = JSON.stringify(keys.map(([, value]) => value(row) ?? null));
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    const columns = list(what).map((item) => aggregate(item, state));
    state.rows = [...groups.values()].map((group) =>
      Object.fromEntries([
        ...keys.map(([name, value]) => [name, value(group[0]!)]),
        ...columns.map(({ alias, compute }) => [alias, compute(group)]),
      ]),
    );
    state.known = new Set([...keys.map(([name]) => name), ...columns.map(({ alias }) => alias)]);
  },
};

function groupKey(item: string, state: State): Expression {
  const minutes = /^bin\((\d+)m\)$/.exec(item)?.[1];
  if (!minutes) return expression(item, state);
  const width = Number(minutes) * 60_000;
  return (row) => Math.floor(Number(row['@timestamp']) / width) * width;
}

const functions: Readonly<Record<string, (values: unknown[]) => unknown>> = {
  count: (values) => values.length,
  count_distinct: (values) => new Set(values.filter((value) => value !== undefined)).size,
  min: (values) => Math.min(...values.map(Number)),
  max: (values) => Math.max(...values.map(Number)),
  sum: (values) => values.reduce((total: number, value) => total + Number(value), 0),
};

function aggregate(item: string, state: State): { alias: string; compute: (rows: Row[]) => unknown } {
  const [, name = '', inner = '', alias = ''] = /^(\w+)\((.*)\) as (\w+)$/.exec(item) ?? [];
  const combine = functions[name];
  if (!combine) throw new Error(`'${item}' is not evaluated; known are ${Object.keys(functions)}, with a name`);
  const value: Expression = inner === '*' ? () => 1 : expression(inner, state);
  return { alias, compute: (rows) => combine(rows.map(value)) };
}

function expression(source: string, { known }: State): Expression {
  return parseExpression(source, (field) => {
    if (!known.has(field)) throw new Error(`no line has the field '${field}'`);
  });
}

/** Splits at commas that are in no brackets. */
const list = (text: string): string[] =>
  text
    .split(/,(?![^([]*[)\]])/)
    .map((item) => item.trim())
    .filter(Boolean);

const compare = (one: unknown, other: unknown): number =>
  typeof one === 'number' && typeof other === 'number' ? one - other : String(one).localeCompare(String(other));

const timeOf = (line: object): number => Date.parse(String((line as { timestamp?: unknown }).timestamp));

function flatten(value: object, prefix = ''): Row {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === 'object' && inner !== null
        ? Object.entries(flatten(inner, `${prefix}${key}.`))
        : [[prefix + key, inner]],
    ),
  );
}
