import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { identityTable } from '../../../../lambda/identity/index.ts';
import { type Identity, startIdentity } from '../../../support/identity.ts';
import { findingsIn } from '../check.ts';
import { judge } from './judge.ts';
import { Memory } from './memory.ts';
import { type Operation, operations, type Simple, start } from './operations.ts';
import { type Performed, perform, resolve, seen, type Target } from './perform.ts';
import { auth, type Model, models } from './schema.ts';

/** Random operations do to the table what they do to plain arrays. A failure prints its seed, and the shortest way to it. */
let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

const runs = 60;
const all = Object.keys(models) as Model[];
let tables = 0;

/** One run, on a table of its own and a clock that only the operations move. */
async function run(sequence: readonly Operation[]): Promise<void> {
  const tableName = `model-${++tables}`;
  await identity.client.send(new CreateTableCommand(identityTable(tableName)));
  let time = start;
  const now = () => new Date(time);
  const adapter = identity.adapter({ tableName, listing: 'all', now }, auth);
  let memory = new Memory();

  for (const operation of sequence) {
    if (operation.kind === 'pass') time += operation.seconds * 1_000;
    else if (operation.kind === 'transaction') memory = await transact(adapter, operation, memory, now());
    else judge(memory, await perform(adapter, resolve(operation, memory)));
    memory.expire(now());
  }

  for (const model of all) {
    const rows = await adapter.findMany({ model, limit: 1_000 });
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    expect(rows.map((row) => seen(model, row)).sort(byId)).toEqual([...memory.rows[model]].sort(byId));
  }
  expect(await findingsIn(identity, auth, { tableName, listing: 'all', now })).toEqual([]);
}

class Aborted extends Error {
  readonly code = 'ABORTED';
}

/** Answers what memory is afterwards: what it was, if the transaction was refused or given up. */
async function transact(
  adapter: ReturnType<Identity['adapter']>,
  { steps, aborts }: Extract<Operation, { kind: 'transaction' }>,
  memory: Memory,
  now: Date,
): Promise<Memory> {
  let performed: Performed[] = [];
  // Which of two rows with one id is seen before the commit refuses them is not said.
  const isTaken = (step: Simple) =>
    step.kind === 'create' && memory.rows[step.model].some(({ id }) => id === step.data.id);
  const work = async (target: Target) => {
    performed = [];
    for (const step of steps) if (!isTaken(step)) performed.push(await perform(target, resolve(step, memory)));
    if (aborts) throw new Aborted();
  };
  const error = await adapter.transaction(work).catch((caught: unknown) => caught as { code?: string });
  const after = memory.copy();
  if (error?.code === 'PARENT_MISSING') {
    const users = performed.map(({ step }) => step.data.userId ?? step.set.userId);
    const isThere = (id: unknown) => after.rows.user.some((user) => user.id === id);
    expect(users.some((id) => id !== undefined && !isThere(id))).toBe(true);
    return memory;
  }
  if (aborts) {
    // What would have been refused at the commit is not known.
    expect(error).toBeInstanceOf(Aborted);
    return memory;
  }
  expect(error).toBeUndefined();
  after.arriving = performed.flatMap(({ step }) =>
    step.kind === 'create' && step.model === 'user' && step.data.id ? [step.data.id] : [],
  );
  for (const each of performed) {
    judge(after, each);
    after.expire(now);
  }
  after.arriving = undefined;
  expect(after.violations()).toEqual([]);
  return after;
}

test(`${runs} random sequences of operations`, async () => {
  await fc.assert(fc.asyncProperty(operations, run), { numRuns: runs });
}, 600_000);
