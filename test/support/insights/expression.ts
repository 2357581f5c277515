/** A line of a log by dotted names, as CloudWatch Logs Insights discovers its fields. */
export type Row = Readonly<Record<string, unknown>>;

export type Expression = (row: Row) => unknown;

const token = /\s*(?:(\/(?:\\.|[^/\\])+\/)|'([^']*)'|(\d+(?:\.\d+)?)|([@A-Za-z_][\w.@]*)|(>=|<=|!=|[=<>+\-*()[\],]))/y;

type Token = { readonly kind: 'regex' | 'text' | 'number' | 'name' | 'sign'; readonly value: string };

function tokens(source: string): Token[] {
  const found: Token[] = [];
  const kinds = ['regex', 'text', 'number', 'name', 'sign'] as const;
  token.lastIndex = 0;
  while (token.lastIndex < source.trimEnd().length) {
    const at = token.lastIndex;
    const match = token.exec(source);
    if (!match) throw new Error(`not understood: '${source.slice(at)}'`);
    const index = match.slice(1).findIndex((part) => part !== undefined);
    found.push({ kind: kinds[index]!, value: match[index + 1]! });
  }
  return found;
}

const comparisons: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => Number(left) > Number(right),
  '<': (left, right) => Number(left) < Number(right),
  '>=': (left, right) => Number(left) >= Number(right),
  '<=': (left, right) => Number(left) <= Number(right),
};

/**
 * The expressions of CloudWatch Logs Insights that the project's queries use. Throws for any other, and tells `onField` of each field.
 * Source: Amazon CloudWatch Logs, "CloudWatch Logs Insights language query syntax".
 */
export function parseExpression(source: string, onField: (name: string) => void): Expression {
  const rest = tokens(source);
  const next = (value: string) => rest[0]?.value === value && rest[0].kind !== 'text';
  const accept = (value: string) => next(value) && rest.shift() !== undefined;
  const expect = (value: string) => {
    if (!accept(value)) throw new Error(`'${value}' expected before '${rest[0]?.value}' in '${source}'`);
  };

  function either(): Expression {
    const parts = [both()];
    while (accept('or')) parts.push(both());
    return parts.length === 1 ? parts[0]! : (row) => parts.some((part) => part(row));
  }
  function both(): Expression {
    const parts = [comparison()];
    while (accept('and')) parts.push(comparison());
    return parts.length === 1 ? parts[0]! : (row) => parts.every((part) => part(row));
  }
  function comparison(): Expression {
    const left = sum();
    if (accept('in')) return among(left);
    if (accept('like')) return matching(left);
    const compare = rest[0]?.kind === 'sign' ? comparisons[rest[0].value] : undefined;
    if (!compare) return left;
    rest.shift();
    const right = sum();
    return (row) => left(row) !== undefined && compare(left(row), right(row));
  }
  function among(left: Expression): Expression {
    expect('[');
    const values: Expression[] = [primary()];
    while (accept(',')) values.push(primary());
    expect(']');
    return (row) => values.some((value) => value(row) === left(row));
  }
  function matching(left: Expression): Expression {
    const { kind, value } = rest.shift()!;
    if (kind !== 'regex') throw new Error(`a pattern between slashes expected, not '${value}'`);
    const pattern = new RegExp(value.slice(1, -1));
    return (row) => left(row) !== undefined && pattern.test(String(left(row)));
  }
  function sum(): Expression {
    let left = primary();
    for (;;) {
      const factor = accept('+') ? 1 : accept('-') ? -1 : 0;
      if (factor === 0) return left;
      const [first, second] = [left, primary()];
      left = (row) => Number(first(row)) + factor * Number(second(row));
    }
  }
  function primary(): Expression {
    if (accept('(')) {
      const inner = either();
      expect(')');
      return inner;
    }
    const { kind, value } = rest.shift() ?? { kind: 'sign', value: 'the end' };
    if (kind === 'text') return () => value;
    if (kind === 'number') return () => Number(value);
    if (kind !== 'name') throw new Error(`a value expected, not ${value}, in '${source}'`);
    if (value === 'ispresent') {
      expect('(');
      const inner = primary();
      expect(')');
      return (row) => inner(row) !== undefined;
    }
    onField(value);
    return (row) => row[value];
  }

  const parsed = either();
  if (rest.length > 0) throw new Error(`'${rest[0]!.value}' is too much in '${source}'`);
  return parsed;
}
