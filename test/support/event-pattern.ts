/**
 * Whether an event matches a pattern, as EventBridge has it: fields by name, values from a list, arrays by intersection, `$or`, and the
 * comparisons that Gatehouse uses. Throws for any other.
 * Source: Amazon EventBridge, "Creating event patterns" and "Comparison operators".
 */
export function matchesPattern(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([name, expected]) => {
    if (name === '$or') return (expected as object[]).some((alternative) => matchesPattern(alternative, event));
    const values = fieldOf(event, name);
    if (Array.isArray(expected)) return expected.some((matcher) => matchesAny(matcher, values));
    return values.some((value) => isObject(value) && matchesPattern(expected as object, value));
  });
}

/** The values of a field; of several where the event has a list. */
function fieldOf(event: unknown, name: string): unknown[] {
  if (Array.isArray(event)) return event.flatMap((item) => fieldOf(item, name));
  if (!isObject(event) || !(name in event)) return [];
  return [event[name]].flat();
}

function matchesAny(matcher: unknown, values: readonly unknown[]): boolean {
  if (!isObject(matcher)) return values.includes(matcher);
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(matcher);
  const compare = others.length === 0 ? operators[operator] : undefined;
  if (!compare) throw new Error(`${JSON.stringify(matcher)} is not evaluated; known are ${Object.keys(operators)}`);
  return values.some((value) => compare(value, operand));
}

/** A field that is missing matches none of them, `anything-but` included. */
const operators: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  prefix: (value, operand) => typeof value === 'string' && value.startsWith(operand as string),
  wildcard: (value, operand) => typeof value === 'string' && expression(operand as string).test(value),
  'anything-but': (value, operand) => ![operand].flat().includes(value),
};

const expression = (wildcard: string): RegExp => new RegExp(`^${wildcard.split('*').map(escaped).join('.*')}$`, 's');

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
