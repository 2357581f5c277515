import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SigningKeyState, signingKeyStates } from '../../../contract/signing.ts';
import { nextRecord, RotationRefused, type RotationStep } from '../../../lambda/key-publisher/next-record.ts';
import { formatRecord, parseRecord } from '../../../lambda/key-publisher/publication-record.ts';

const waits = { publish: 7200, drop: 3600 };
const none = { active: [], dropped: [] };

type States = Readonly<Record<string, SigningKeyState | undefined>>;
interface Deployed {
  readonly at: number;
  readonly states: States;
}

const keysOf = (states: States): RotationStep['keys'] =>
  Object.entries(states).flatMap(([id, state]) => (state ? [{ id, kid: id, state }] : []));

const anyStates = fc
  .record({ a: state(), b: state(), c: state() })
  .filter((states) => Object.values(states).some((one) => one !== undefined));

function state() {
  return fc.option(fc.constantFrom(...signingKeyStates), { nil: undefined });
}

/** Since when a key has been in a state without a break, by the plain history of deployments. */
function since(history: readonly Deployed[], matches: (states: States) => boolean): number | undefined {
  let start: number | undefined;
  for (const { at, states } of history) start = matches(states) ? (start ?? at) : undefined;
  return start;
}

const ids = ['a', 'b', 'c'];
const same = (a: States, b: States) => ids.every((id) => a[id] === b[id]);

/** The rule by the history of what was deployed, without the record that is tested. */
function isSafe(states: States, history: readonly Deployed[], now: number): boolean {
  const before = history.at(-1)!.states;
  const over = (start: number | undefined, wait: number) => start !== undefined && start + wait <= now;
  return ids.every((id) => {
    if (states[id] === 'active' && before[id] !== 'active') {
      return over(
        since(history, (then) => then[id] !== undefined),
        waits.publish,
      );
    }
    if (states[id] !== undefined || before[id] === undefined) return true;
    const quiet = since(history, (then) => then[id] === before[id]);
    const neverSigned = before[id] === 'next' && quiet === since(history, (then) => then[id] !== undefined);
    return neverSigned || (before[id] !== 'active' && over(quiet, waits.drop));
  });
}

test('whatever is deployed, no key signs before the wait nor vanishes before its last token, and every rollback goes through', () => {
  let [accepted, refused] = [0, 0];
  const pauses = fc.constantFrom(0, 1, 1800, 3599, 3600, 7199, 7200);
  const anyDeployments = fc.array(fc.record({ states: anyStates, pause: pauses }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(anyDeployments, (deployments) => {
      let now = 1_700_000_000;
      let record: string | undefined;
      let history: readonly Deployed[] = [];
      // Through its text, as CloudFormation keeps it.
      const deploy = (states: States) =>
        formatRecord(nextRecord({ record: parseRecord(record), keys: keysOf(states), waits, emergency: none, now }));
      for (const { states, pause } of deployments) {
        now += pause;
        const before = history.at(-1)?.states;
        const previous = history.findLast((one) => before && !same(one.states, before))?.states;
        const allowed =
          !before || same(states, before) || (previous && same(states, previous)) || isSafe(states, history, now);
        if (allowed) {
          record = deploy(states);
          history = [...history, { at: now, states }];
          accepted++;
        } else {
          expect(() => deploy(states)).toThrow(RotationRefused);
          refused++;
        }
        // What CloudFormation does when a later resource fails, or after the refusal.
        if (before) expect(() => deploy(before)).not.toThrow();
      }
    }),
    { numRuns: 500 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(100);
});
