import type { CleanedWhere } from 'better-auth/adapters';
import type { Row } from './row.ts';
import { comparable, compare } from './values.ts';

export type Where = readonly CleanedWhere[];

/** Better Auth's connectors: all clauses marked AND hold and, if there are clauses marked OR, at least one of those. */
export function split(where: Where): { and: CleanedWhere[]; or: CleanedWhere[] } {
  return {
    and: where.filter(({ connector }) => connector !== 'OR'),
    or: where.filter(({ connector }) => connector === 'OR'),
  };
}

export function matches(where: Where, row: Row): boolean {
  const { and, or } = split(where);
  return and.every((clause) => holds(clause, row)) && (or.length === 0 || or.some((clause) => holds(clause, row)));
}

/** Whether strings are compared without regard to case. */
export const ignoresCase = ({ mode, value }: CleanedWhere): boolean =>
  mode === 'insensitive' &&
  (typeof value === 'string' || (Array.isArray(value) && value.every((each) => typeof each === 'string')));

/** An absent field is null: it equals null, differs from everything else, and is neither less nor greater than anything. */
function holds(clause: CleanedWhere, row: Row): boolean {
  const fold = ignoresCase(clause) ? lowerCase : (value: unknown) => value;
  const actual = fold(comparable(row[clause.field]));
  const wanted = fold(comparable(clause.value));
  switch (clause.operator) {
    case 'eq':
      return actual === wanted;
    case 'ne':
      return actual !== wanted;
    case 'in':
      return listOf(wanted).includes(actual);
    case 'not_in':
      return !listOf(wanted).includes(actual);
    case 'contains':
      return typeof actual === 'string' && typeof wanted === 'string' && actual.includes(wanted);
    case 'starts_with':
      return typeof actual === 'string' && typeof wanted === 'string' && actual.startsWith(wanted);
    case 'ends_with':
      return typeof actual === 'string' && typeof wanted === 'string' && actual.endsWith(wanted);
    default: {
      const order = compare(actual, wanted);
      return order !== undefined && inOrder(clause.operator, order);
    }
  }
}

function inOrder(operator: 'lt' | 'lte' | 'gt' | 'gte', order: number): boolean {
  if (operator === 'lt') return order < 0;
  if (operator === 'lte') return order <= 0;
  return operator === 'gt' ? order > 0 : order >= 0;
}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

function lowerCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCase);
  return typeof value === 'string' ? value.toLowerCase() : value;
}
