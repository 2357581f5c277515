import type { CleanedWhere } from 'better-auth/adapters';
import type { Expression } from './expression.ts';
import { attributeOf } from './row.ts';
import { comparable } from './values.ts';
import { ignoresCase, listOf, split, type Where } from './where.ts';

/** With these a condition stays within DynamoDB's 4 KB, 300 operators and 100 operands of one IN. */
const maxClauses = 40;
const maxValues = 100;

/** Whether DynamoDB can check the whole `where` itself, with the same result as `matches`. */
export const isExpressible = (where: Where): boolean =>
  where.length <= maxClauses &&
  where.flatMap(({ value }) => listOf(value)).length <= maxValues &&
  where.every(clauseIsExpressible);

function clauseIsExpressible(clause: CleanedWhere): boolean {
  if (ignoresCase(clause)) return false;
  switch (clause.operator) {
    case 'eq':
    case 'ne':
    case 'in':
    case 'not_in':
      return true;
    case 'contains':
    case 'starts_with':
      return typeof clause.value === 'string' && clause.value !== '';
    case 'ends_with':
      return false;
    default: {
      const value = comparable(clause.value);
      return typeof value === 'string' || typeof value === 'number';
    }
  }
}

/** The `where`, which must be expressible, as condition expressions that all have to hold. */
export function conditionsOf(where: Where, expression: Expression): string[] {
  const { and, or } = split(where);
  return [
    ...and.map((clause) => conditionOf(clause, expression)),
    ...(or.length > 0 ? [anyOf(or.map((clause) => conditionOf(clause, expression)))] : []),
  ];
}

/** DynamoDB refuses redundant parentheses. */
const anyOf = (conditions: readonly string[]): string =>
  conditions.length === 1 ? (conditions[0] as string) : `(${conditions.join(' OR ')})`;

const comparators = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

function conditionOf({ field, operator, value: wanted }: CleanedWhere, expression: Expression): string {
  const name = expression.name(attributeOf(field));
  const value = comparable(wanted);
  switch (operator) {
    case 'eq':
    case 'in':
      return isOneOf(name, listOf(value), expression);
    case 'ne':
    case 'not_in':
      return `NOT ${isOneOf(name, listOf(value), expression)}`;
    case 'contains':
      return `contains(${name}, ${expression.value(value)})`;
    case 'starts_with':
      return `begins_with(${name}, ${expression.value(value)})`;
    case 'ends_with':
      throw new Error("operator 'ends_with' has no condition expression");
    default:
      return `${name} ${comparators[operator]} ${expression.value(value)}`;
  }
}

function isOneOf(name: string, values: readonly unknown[], expression: Expression): string {
  const present = values.filter((value) => value !== null);
  const absent = `attribute_not_exists(${name})`;
  if (present.length === 0) return values.length > 0 ? absent : `(${absent} AND attribute_exists(${name}))`;
  const equal = `(attribute_exists(${name}) AND ${name} IN (${present.map((value) => expression.value(value)).join(', ')}))`;
  return present.length < values.length ? `(${absent} OR ${equal})` : equal;
}
