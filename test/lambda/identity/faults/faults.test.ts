import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IdentityStoreError, identityTable } from '../../../../lambda/identity/index.ts';
import { type Identity, startIdentity } from '../../../support/identity.ts';
import { findingsIn } from '../check.ts';
import { canMeet, type Fault, type FaultyClient, faultyClient } from './faulty-client.ts';
import { auth, type Scenario, scenarios } from './scenarios.ts';

/** Each request of each operation meets each fault once; then, as if an outage began there, all that follow do too. */
let identity: Identity;
/** As the SDK gives up at once, and as it repeats a request. */
const clients: Record<'no retries' | 'retries', FaultyClient | undefined> = {
  'no retries': undefined,
  retries: undefined,
};

beforeAll(async () => {
  identity = await startIdentity();
  clients['no retries'] = faultyClient(identity.endpoint, 1);
  clients.retries = faultyClient(identity.endpoint, 3);
});
afterAll(async () => {
  for (const each of Object.values(clients)) each?.client.destroy();
  await identity.stop();
});

let tables = 0;

interface Outcome {
  readonly before: string;
  readonly after: string;
  readonly sent: readonly string[];
  readonly met: boolean;
  readonly answer?: unknown;
  readonly error?: unknown;
}

/** Runs a scenario on a table of its own, and leaves a store without findings. */
async function run(
  scenario: Scenario,
  faulty: FaultyClient,
  ...fault: Parameters<FaultyClient['arm']>
): Promise<Outcome> {
  const tableName = await newTable();
  const items = await preparedFor(scenario);
  await restore(tableName, items);
  const before = textOf(items);
  const adapter = identity.adapter({ tableName, client: faulty.client, wait: async () => {} }, auth);
  faulty.arm(...fault);
  const result = await scenario.operate(adapter).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  const outcome = { before, sent: faulty.sent(), met: faulty.met(), ...result };
  const after = textOf(await itemsIn(tableName));
  expect(await findingsIn(identity, auth, { tableName })).toEqual([]);
  await identity.client.send(new DeleteTableCommand({ TableName: tableName }));
  return { ...outcome, after };
}

async function newTable(): Promise<string> {
  const tableName = `faults-${++tables}`;
  await identity.client.send(new CreateTableCommand(identityTable(tableName)));
  return tableName;
}

type StoredItem = Record<string, AttributeValue>;
const itemsIn = async (TableName: string): Promise<StoredItem[]> =>
  (await identity.client.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items ?? [];

async function restore(tableName: string, items: readonly StoredItem[]): Promise<void> {
  for (let start = 0; start < items.length; start += 25) {
    const requests = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await identity.client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
  }
}

/** What a scenario finds there; made once. */
const prepared = new Map<Scenario, Promise<StoredItem[]>>();
function preparedFor(scenario: Scenario): Promise<StoredItem[]> {
  const make = async () => {
    const tableName = await newTable();
    await scenario.prepare?.(identity.adapter({ tableName }, auth));
    return itemsIn(tableName);
  };
  const items = prepared.get(scenario) ?? make();
  prepared.set(scenario, items);
  return items;
}

/** All items, but for what differs from run to run. */
function textOf(stored: readonly StoredItem[]): string {
  const items = stored.map((item) => JSON.stringify({ ...unmarshall(item), rev: '', updatedAt: '' }, sorted));
  return items.sort().join('\n');
}

const sorted = (_key: string, value: unknown) =>
  value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).sort()) : value;

const faults: readonly Fault[] = ['throttled', 'timed out', 'answer lost', 'conflict', 'partial'];
const clean = new Map<Scenario, Promise<Outcome>>();
function without(scenario: Scenario): Promise<Outcome> {
  const outcome = clean.get(scenario) ?? run(scenario, clients['no retries']!);
  clean.set(scenario, outcome);
  return outcome;
}

/** The positions of the requests that can meet a fault. */
const meeting = ({ sent }: Outcome, fault: Fault): number[] =>
  sent.flatMap((command, nth) => (canMeet(command, fault) ? [nth] : []));

function expectStoreError(error: unknown): void {
  expect(error).toBeInstanceOf(IdentityStoreError);
  expect(['STORE_UNAVAILABLE', 'CONFLICT']).toContain((error as IdentityStoreError).code);
}

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  test('without a fault', async () => {
    const { sent, answer, error } = await without(scenario);
    expect(error).toBeUndefined();
    expect(sent).not.toEqual([]);
    if ('answer' in scenario) expect(answer).toEqual(scenario.answer);
  });

  test.each(faults)('%s once: repeated, and done once', async (fault) => {
    const expected = await without(scenario);
    for (const nth of meeting(expected, fault)) {
      const { after, answer, error, met } = await run(scenario, clients.retries!, fault, nth);
      expect(after).toBe(expected.after);
      if (error !== undefined && met && fault === 'answer lost' && scenario.mayBeLost) expectStoreError(error);
      else {
        expect(error).toBeUndefined();
        if ('answer' in scenario) expect(answer).toEqual(scenario.answer);
      }
    }
  });

  test.each(faults.flatMap((fault) => [[fault, 'once'] as const, [fault, 'from then on'] as const]))(
    '%s %s, and the SDK gives up: done or not, and never called done when it was not',
    async (fault, lasting) => {
      const expected = await without(scenario);
      for (const nth of meeting(expected, fault)) {
        const outcome = await run(scenario, clients['no retries']!, fault, nth, lasting === 'from then on');
        if (outcome.error === undefined) {
          expect(outcome.after).toBe(expected.after);
          if ('answer' in scenario) expect(outcome.answer).toEqual(scenario.answer);
          continue;
        }
        expect(outcome.met).toBe(true);
        expectStoreError(outcome.error);
        const possible = fault === 'answer lost' ? [outcome.before, expected.after] : [outcome.before];
        if (!scenario.steps) expect(possible).toContain(outcome.after);
      }
    },
  );
});
