import { type ConsumedCapacity, DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { checkStore, IdentityStoreError } from '../../../lambda/identity/index.ts';
import { equal, newAccount, newVerification } from '../../support/identity.ts';
import { awsConfig } from '../../support/tables.ts';
import { findingsIn } from './check.ts';
import { auth, fillStore, identity, item, remove, row, set, TableName, userId } from './filled-store.ts';

fillStore();

test('a table larger than a page is read page by page, at the pace that the operator allows', async () => {
  const adapter = identity.adapter({}, auth);
  const value = 'x'.repeat(300_000);
  const many = Array.from({ length: 8 }, () =>
    adapter.create({ model: 'verification', data: newVerification({ value }) }),
  );
  await Promise.all(many);
  const waits: number[] = [];
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  await remove(await row('account#'));
  const input = { client: identity.client, tableName: TableName, auth, wait };
  expect(await checkStore({ ...input, readUnitsPerSecond: 100 })).toMatchObject({ findings: 1 });
  // Each of the rows costs 74 units.
  expect(sum(waits)).toBeGreaterThan((8 * 74 * 1_000) / 100);
  // A page has 1 MB and the item that exceeds it.
  expect(Math.max(...waits)).toBeLessThan(3_500);
});

test('small rows take no more than the operator allows either, whether something is wrong with them or not', async () => {
  const adapter = identity.adapter({}, auth);
  const created = Array.from({ length: 120 }, () => adapter.create({ model: 'account', data: newAccount(userId) }));
  await Promise.all(created);
  const readUnitsPerSecond = 50;
  for (const expected of ['no findings', 'findings'] as const) {
    const { client, charged } = meteredClient();
    const waits: number[] = [];
    const wait = async (milliseconds: number) => void waits.push(milliseconds);
    const { findings, items } = await checkStore({ client, tableName: TableName, auth, wait, readUnitsPerSecond });
    client.destroy();
    expect(findings).toBe(expected === 'findings' ? 121 : 0);
    // What small items cost beyond the pages: each claim is read for its row, or the row for its claim.
    expect(sum(charged)).toBeGreaterThan(items / 4);
    expect(sum(waits)).toBeGreaterThan((1_000 * (sum(charged) - 1)) / readUnitsPerSecond);
    expect(Math.max(...charged)).toBeLessThanOrEqual(2 * readUnitsPerSecond);
    for (const each of await identity.items()) if (each.pk.startsWith('claim:account')) await remove(each);
  }
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** What each request of a client was charged; every one has to ask for that. */
function meteredClient() {
  const charged: number[] = [];
  const client = new DynamoDBClient(awsConfig(identity.endpoint));
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { ConsumedCapacity } = answer.output as { ConsumedCapacity: ConsumedCapacity | ConsumedCapacity[] };
      charged.push(sum([ConsumedCapacity].flat().map(({ CapacityUnits }) => CapacityUnits!)));
      return answer;
    },
    { step: 'initialize' },
  );
  return { client, charged };
}

test('rows that are written while the check runs are no findings', async () => {
  const adapter = identity.adapter({}, auth);
  const email = (round: number) => `moving-${round}@example.com`;
  let running = true;
  const writing = (async () => {
    for (let round = 0; running; round++) {
      await adapter.update({ model: 'user', where: [equal('id', userId)], update: { email: email(round) } });
      const { id } = await adapter.create({ model: 'account', data: newAccount(userId) });
      await adapter.delete({ model: 'account', where: [equal('id', id)] });
    }
  })();
  const findings = [];
  for (let round = 0; round < 40; round++) findings.push(...(await findingsIn(identity, auth)));
  running = false;
  await writing;
  expect(findings).toEqual([]);
});

describe('an item that looks wrong and is never at rest', () => {
  /** A client whose transactional reads meet something. */
  function disturbedClient(disturb: () => Promise<void>) {
    const client = new DynamoDBClient(awsConfig(identity.endpoint));
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'TransactGetItemsCommand') await disturb();
          return next(args);
        },
      { step: 'finalizeRequest', priority: 'low' },
    );
    return client;
  }
  const checked = async (disturb: () => Promise<void>) => {
    const client = disturbedClient(disturb);
    const findings = await findingsIn({ client }, auth);
    client.destroy();
    return findings;
  };

  test('because transactions keep it busy is reported, and so is the rest', async () => {
    await remove(await item('claim:organization.slug'));
    await set(await row('verification#'), 'ttl', 0.5);
    let busy = 0;
    const findings = await checked(async () => {
      if (++busy > 8) return;
      const CancellationReasons = [{ Code: 'TransactionConflict' }];
      throw new TransactionCanceledException({ message: 'busy', $metadata: {}, CancellationReasons });
    });
    expect(findings.map(({ code }) => code)).toContain('UNCONFIRMED');
    expect(findings).toHaveLength(2);
  });

  test('because it refers to something else each time it is read is reported', async () => {
    await remove(await item('claim:user.email'));
    const user = await row('user');
    let reads = 0;
    const findings = await checked(async () => void (await set(user, 'email', `moved-${++reads}@example.com`)));
    expect(findings).toEqual([
      { code: 'UNCONFIRMED', key: { pk: user.pk, sk: 'user' }, message: expect.stringContaining('check again') },
    ]);
    expect(reads).toBeGreaterThan(1);
    expect(reads).toBeLessThan(10);
  });

  test('is no finding of a store that is throttled: that stops the check', async () => {
    await remove(await item('claim:organization.slug'));
    const checking = checked(async () => {
      const CancellationReasons = [{ Code: 'ThrottlingError' }];
      throw new TransactionCanceledException({ message: 'busy', $metadata: {}, CancellationReasons });
    });
    await expect(checking).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

test.each(['dynamodb:Scan', 'kms:Decrypt'])('an operator who may not %s is told so', async (action) => {
  const client = new DynamoDBClient(awsConfig(identity.endpoint));
  const refusal = Object.assign(
    new Error(`User: arn:aws:iam::111122223333:user/ops is not authorized to perform: ${action} on the resource`),
    { name: 'AccessDeniedException', $metadata: {} },
  );
  client.middlewareStack.add(() => () => Promise.reject(refusal), { step: 'finalizeRequest', priority: 'low' });
  const message = `DynamoDB request failed: AccessDeniedException, ${action} is not allowed`;
  await expect(checkStore({ client, tableName: TableName, auth })).rejects.toMatchObject({ message });
  client.destroy();
});

test('a store that fails is an error with a code', async () => {
  const checking = checkStore({ client: identity.client, tableName: 'missing', auth });
  await expect(checking).rejects.toBeInstanceOf(IdentityStoreError);
  await expect(checking).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
