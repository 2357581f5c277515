import { isAlive } from './expiry.ts';
import type { StoreFinding, StoreFindingCode } from './finding.ts';
import { belongingsOf, type ItemKind, kindOf } from './item-kind.ts';
import { type Item, type Key, keyText, ownerOf } from './keys.ts';
import type { Layouts, ModelLayout } from './layout.ts';
import { itemOf, needsParent, parentKeyOf } from './placement.ts';
import { rowOf } from './row.ts';
import { shownKey } from './shown-key.ts';

/** The items that an item is compared with, as `relatedKeys` names them, all read at one moment. */
export type Related = (key: Key) => Item | undefined;

/** What is wrong with an item. What has expired is absent, and may lack anything: DynamoDB deletes items one by one. */
export function checkItem(layouts: Layouts, item: Item, related: Related, now: Date): StoreFinding[] {
  const is = kindOf(layouts, item);
  const problems =
    item.ttl !== undefined && !Number.isSafeInteger(item.ttl)
      ? [problem('TTL_INVALID', `'ttl' is not a number of whole epoch seconds`)]
      : is.kind === 'unknown'
        ? [unknownItem]
        : is.kind === 'row'
          ? checkRow(is.layout, item, related, now)
          : isAlive(item, now)
            ? checkBelonging(layouts, is, item, related)
            : [];
  return problems.map((each) => ({ ...each, key: shownKey(layouts, item) }));
}

/** What seemed wrong with an item, and could not be looked at in peace. */
export const unconfirmed = (layouts: Layouts, item: Item): StoreFinding => ({
  code: 'UNCONFIRMED',
  key: shownKey(layouts, item),
  message: 'written too often to be read at one moment with all that it must agree with; check again',
});

type Problem = Omit<StoreFinding, 'key'>;

type Belonging = Extract<ItemKind, { kind: 'claim' | 'reference' }>;

const problem = (code: StoreFindingCode, message: string): Problem => ({ code, message });

const unknownItem = problem('ITEM_UNKNOWN', 'no model of the schema has items like this');

function checkRow(layout: ModelLayout, item: Item, related: Related, now: Date): Problem[] {
  const { model } = layout;
  const row = rowOf(layout, item);
  const expected = itemOf(layout, row, item);
  if (keyText(expected) !== keyText(item)) return [problem('KEY_WRONG', `a '${model}' is not where its fields say`)];
  const problems: Problem[] = [];
  const expect = (holds: boolean, code: StoreFindingCode, message: string) => {
    if (!holds) problems.push(problem(code, message));
  };
  expect(item.ttl === expected.ttl, 'TTL_WRONG', `'ttl' of a '${model}' is not its expiry date`);
  if (!isAlive(item, now)) return problems;
  expect(item.owns === expected.owns, 'OWNS_WRONG', `a '${model}' counts its claims and references wrongly`);
  const isListedAsExpected = item.dirPk === expected.dirPk && item.dirSk === expected.dirSk;
  expect(isListedAsExpected, 'DIRECTORY_WRONG', `a '${model}' is ${item.dirPk ? 'listed wrongly' : 'not listed'}`);
  const parent = parentKeyOf(layout, row);
  const hasParent = !parent || !needsParent(layout, expected) || related(parent) !== undefined;
  expect(hasParent, 'PARENT_MISSING', `the '${layout.parent?.model}' of a '${model}' is gone`);
  for (const wanted of belongingsOf(layout, row).values()) {
    const found = related(wanted);
    const isClaim = wanted.sk === 'claim';
    const what = `${isClaim ? 'claim' : 'reference'} on ${wanted.pk.split(':')[1]}`;
    const missing = isClaim ? 'CLAIM_MISSING' : 'REFERENCE_MISSING';
    if (!isAlive(found, now)) problems.push(problem(missing, `a '${model}' has no ${what}`));
    else if (keyText(ownerOf(found)) !== keyText(item))
      problems.push(problem(isClaim ? 'CLAIM_FOREIGN' : missing, `another row has the ${what} of a '${model}'`));
  }
  return problems;
}

function checkBelonging(layouts: Layouts, belonging: Belonging, item: Item, related: Related): Problem[] {
  const prefix = belonging.kind === 'claim' ? 'CLAIM' : 'REFERENCE';
  const what = `${belonging.kind} on ${item.pk.split(':')[1]}`;
  const owner = belonging.owner && related(belonging.owner);
  if (!owner) return [problem(`${prefix}_ORPHANED`, `the owner of a ${what} is gone`)];
  const is = kindOf(layouts, owner);
  if (is.kind === 'unknown') return [unknownItem];
  const had = is.kind === 'row' && belongingsOf(is.layout, rowOf(is.layout, owner)).get(keyText(item));
  if (!had) return [problem(`${prefix}_STALE`, `the owner of a ${what} does not have this value`)];
  return had.ttl === item.ttl ? [] : [problem('TTL_WRONG', `'ttl' of a ${what} is not its owner's`)];
}
