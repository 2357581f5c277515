type Value = number | undefined;

/**
 * The value of a metric math expression for one period, from the values of its metrics in that period; undefined where there is no data.
 * Knows what the alarms use: numbers, ids, + - * /, parentheses, FILL(x, number), SUM(METRICS()), SUM([x, y]).
 */
export function resultOf(expression: string, metrics: ReadonlyMap<string, Value>): Value {
  const tokens = expression.match(/[A-Za-z]\w*|\d+(?:\.\d+)?|[-+*/(),[\]]/g) ?? [];
  if (tokens.join('') !== expression.replaceAll(/\s/g, '')) throw new Error(`${expression}: is not evaluated here`);
  let position = 0;

  const peek = () => tokens[position];
  function take(expected?: string): string {
    const token = tokens[position++];
    if (token === undefined || (expected && token !== expected)) {
      throw new Error(`${expression}: ${token ?? 'its end'} where ${expected ?? 'more'} is expected`);
    }
    return token;
  }

  function terms(): Value {
    let left = factors();
    while (peek() === '+' || peek() === '-') {
      left = take() === '+' ? apply(left, factors(), add) : apply(left, factors(), subtract);
    }
    return left;
  }

  function factors(): Value {
    let left = atom();
    while (peek() === '*' || peek() === '/') {
      left = take() === '*' ? apply(left, atom(), multiply) : apply(left, atom(), divide);
    }
    return left;
  }

  function atom(): Value {
    const token = take();
    if (token === '(') {
      const value = terms();
      take(')');
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    if (token === 'FILL') return fill();
    if (token === 'SUM') return sum();
    if (!metrics.has(token)) throw new Error(`${expression}: ${token} is no metric of it`);
    return metrics.get(token);
  }

  function fill(): Value {
    take('(');
    const value = terms();
    take(',');
    const filler = terms();
    take(')');
    return value ?? filler;
  }

  function sum(): Value {
    take('(');
    const present = (peek() === '[' ? list() : all()).filter((value) => value !== undefined);
    take(')');
    return present.length > 0 ? present.reduce(add) : undefined;
  }

  function all(): Value[] {
    for (const token of ['METRICS', '(', ')']) take(token);
    return [...metrics.values()];
  }

  function list(): Value[] {
    take('[');
    const values = [terms()];
    while (peek() === ',') {
      take();
      values.push(terms());
    }
    take(']');
    return values;
  }

  const result = terms();
  if (position < tokens.length) throw new Error(`${expression}: ${peek()} is left over`);
  return result;
}

const apply = (left: Value, right: Value, operation: (a: number, b: number) => number): Value =>
  left === undefined || right === undefined ? undefined : operation(left, right);

const add = (a: number, b: number): number => a + b;
const subtract = (a: number, b: number): number => a - b;
const multiply = (a: number, b: number): number => a * b;
const divide = (a: number, b: number): number => a / b;
