import { conditionsOf } from './condition.ts';
import { cutoff } from './expiry.ts';
import { Expression } from './expression.ts';
import type { Where } from './where.ts';

/**
 * What must hold when a write happens; DynamoDB checks it in the same step as the write.
 *
 * - `absent`: nothing is there, or only something expired.
 * - `present`: something is there.
 * - `revision`: the row was not written since it was read.
 * - `owner`: the claim still belongs to that row, or is gone.
 * - `where`: the row exists, has not expired and matches; with `ownsNothing`, no claim or reference belongs to it.
 */
export type Guard =
  | { readonly kind: 'absent' | 'present' }
  | { readonly kind: 'revision'; readonly rev: string | undefined }
  | { readonly kind: 'owner'; readonly pk: unknown; readonly sk: unknown }
  | { readonly kind: 'where'; readonly where: Where; readonly ownsNothing: boolean };

export function guardText(guard: Guard, expression: Expression, now: Date): string {
  const pk = expression.name('pk');
  switch (guard.kind) {
    case 'absent':
      return `attribute_not_exists(${pk}) OR ${expression.name('ttl')} <= ${expression.value(cutoff(now))}`;
    case 'present':
      return `attribute_exists(${pk})`;
    case 'revision':
      return `attribute_exists(${pk}) AND ${sameRevision(guard.rev, expression)}`;
    case 'owner': {
      const owner = `${expression.name('ownerPk')} = ${expression.value(guard.pk)}`;
      return `attribute_not_exists(${pk}) OR (${owner} AND ${expression.name('ownerSk')} = ${expression.value(guard.sk)})`;
    }
    case 'where': {
      const ttl = expression.name('ttl');
      return [
        `attribute_exists(${pk})`,
        `(attribute_not_exists(${ttl}) OR ${ttl} > ${expression.value(cutoff(now))})`,
        ...(guard.ownsNothing ? [`attribute_not_exists(${expression.name('owns')})`] : []),
        ...conditionsOf(guard.where, expression),
      ].join(' AND ');
    }
  }
}

function sameRevision(rev: string | undefined, expression: Expression): string {
  const name = expression.name('rev');
  return rev === undefined ? `attribute_not_exists(${name})` : `${name} = ${expression.value(rev)}`;
}

/** The condition of a request and what it refers to. */
export function guarded(guard: Guard, now: Date, expression = new Expression()) {
  return { ConditionExpression: guardText(guard, expression, now), ...expression.parameters() };
}
