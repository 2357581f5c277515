import { createHash } from 'node:crypto';
import {
  type ConsumedCapacity,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { organization } from 'better-auth/plugins';
import { checkStore, IdentityStoreError } from '../../../lambda/identity/index.ts';
import {
  authOptions,
  equal,
  type Identity,
  newAccount,
  newSession,
  newUser,
  newVerification,
  startIdentity,
} from '../../support/identity.ts';
import { awsConfig } from '../../support/tables.ts';
import { findingsIn } from './check.ts';

type StoredItem = Awaited<ReturnType<Identity['items']>>[number];

const auth = { ...authOptions, plugins: [organization()] };
let identity: Identity;
let userId: string;
const TableName = 'identity';

beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

/** Some of everything: rows with and without claims and references, in a partition of their own and in their user's. */
beforeEach(async () => {
  for (const { pk, sk } of await identity.items()) await remove({ pk, sk });
  const adapter = identity.adapter({}, auth);
  const user = await adapter.create({ model: 'user', data: newUser() });
  userId = user.id;
  const organizationRow = { name: 'Engines', slug: 'engines', createdAt: new Date() };
  const { id: organizationId } = await adapter.create({ model: 'organization', data: organizationRow });
  await adapter.create({ model: 'member', data: { organizationId, userId, role: 'owner', createdAt: new Date() } });
  await adapter.create({ model: 'account', data: newAccount(userId) });
  await adapter.create({ model: 'session', data: newSession(userId) });
  await adapter.create({ model: 'session', data: newSession(userId, { token: `${userId}~hinted` }) });
  await adapter.create({ model: 'verification', data: newVerification() });
});

const remove = ({ pk, sk }: StoredItem) =>
  identity.client.send(new DeleteItemCommand({ TableName, Key: marshall({ pk, sk }) }));
const put = (item: object) => identity.client.send(new PutItemCommand({ TableName, Item: marshall(item) }));
const set = ({ pk, sk }: StoredItem, attribute: string, value: unknown) =>
  identity.client.send(
    new UpdateItemCommand({
      TableName,
      Key: marshall({ pk, sk }),
      UpdateExpression: 'SET #a = :v',
      ExpressionAttributeNames: { '#a': attribute },
      ExpressionAttributeValues: marshall({ ':v': value }),
    }),
  );
const unset = ({ pk, sk }: StoredItem, attribute: string) =>
  identity.client.send(
    new UpdateItemCommand({
      TableName,
      Key: marshall({ pk, sk }),
      UpdateExpression: 'REMOVE #a',
      ExpressionAttributeNames: { '#a': attribute },
    }),
  );
/** The first item whose partition or sort key starts so. */
async function item(pk: string, sk = ''): Promise<StoredItem> {
  const found = (await identity.items()).find((each) => each.pk.startsWith(pk) && each.sk.startsWith(sk));
  if (!found) throw new Error(`no item '${pk}' '${sk}'`);
  return found;
}
const row = (sk: string) => item(sk === 'verification#' ? 'verification:' : 'user:', sk);
const keyOf = ({ pk, sk }: StoredItem) => ({ pk, sk });
const codes = async () => (await findingsIn(identity, auth)).map(({ code }) => code).sort();

test('a table that only the adapter wrote has no findings', async () => {
  const check = await checkStore({ client: identity.client, tableName: TableName, auth });
  expect(check).toEqual({ items: (await identity.items()).length, findings: 0 });
  expect(check.items).toBe(12);
});

describe('a row', () => {
  test.each([
    'claim:user.email',
    'claim:account.providerId+accountId',
    'claim:session.token',
    'claim:organization.slug',
  ])('without its claim (%s)', async (pk) => {
    await remove(await item(pk));
    expect(await codes()).toEqual(['CLAIM_MISSING']);
  });

  test('without its reference', async () => {
    await remove(await item('ref:member.organizationId'));
    expect(await codes()).toEqual(['REFERENCE_MISSING']);
  });

  test('whose value another row has a claim on', async () => {
    const other = await identity.adapter({}, auth).create({ model: 'user', data: newUser() });
    const claim = await item('claim:user.email');
    const taken = { ...claim, ownerPk: `user:${claim.ownerPk === `user:${userId}` ? other.id : userId}` };
    await put(taken);
    const findings = await findingsIn(identity, auth);
    expect(findings).toEqual(
      expect.arrayContaining([
        { code: 'CLAIM_FOREIGN', key: { pk: claim.ownerPk, sk: 'user' }, message: expect.stringContaining("'user'") },
        { code: 'CLAIM_STALE', key: keyOf(claim), message: expect.stringContaining('claim on user.email') },
      ]),
    );
    expect(findings).toHaveLength(2);
  });

  test('whose unique value was changed past the adapter', async () => {
    await set(await row('user'), 'email', 'changed@example.com');
    expect(await codes()).toEqual(['CLAIM_MISSING', 'CLAIM_STALE']);
  });

  test('that was deleted past the adapter, with a claim and a reference', async () => {
    await remove(await row('member#'));
    expect(await codes()).toEqual(['REFERENCE_ORPHANED']);
    await remove(await row('account#'));
    expect(await codes()).toEqual(['CLAIM_ORPHANED', 'REFERENCE_ORPHANED']);
  });

  test('whose reference names a value that it no longer has', async () => {
    await set(await row('member#'), 'organizationId', 'elsewhere');
    expect(await codes()).toEqual(['REFERENCE_MISSING', 'REFERENCE_STALE']);
  });

  test('whose user is gone', async () => {
    const user = await row('user');
    await remove(user);
    await remove(await item('claim:user.email'));
    // The sessions go by themselves; one has a claim, which would stay without it.
    expect(await codes()).toEqual(['PARENT_MISSING', 'PARENT_MISSING', 'PARENT_MISSING']);
  });

  test('whose fields say that it is elsewhere', async () => {
    await set(await row('verification#'), 'identifier', 'other');
    expect(await codes()).toEqual(['KEY_WRONG']);
  });

  test.each([7, undefined])('that counts %s belongings', async (count) => {
    const account = await row('account#');
    await (count === undefined ? unset(account, 'owns') : set(account, 'owns', count));
    expect(await codes()).toEqual(['OWNS_WRONG']);
  });

  test('that should be listed, or should not', async () => {
    await unset(await row('user'), 'dirPk');
    expect(await codes()).toEqual(['DIRECTORY_WRONG']);
    await set(await row('account#'), 'dirPk', 'user#0');
    expect(await codes()).toEqual(['DIRECTORY_WRONG', 'DIRECTORY_WRONG']);
  });

  test('that was written before its model was listed', async () => {
    const findings = await findingsIn(identity, auth, { listing: 'all' });
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['DIRECTORY_WRONG']));
  });
});

describe('a time to live', () => {
  test.each([new Date(Date.now() + 9e6).toISOString(), 1893456000.5])('that DynamoDB ignores: %s', async (ttl) => {
    await set(await row('verification#'), 'ttl', ttl);
    expect(await codes()).toEqual(['TTL_INVALID']);
  });

  test.each(['verification#', 'claim:session.token'])('that is not what the row says (%s)', async (where) => {
    const found = where.endsWith('#') ? await row(where) : await item(where);
    await set(found, 'ttl', found.ttl + 60);
    expect(await codes()).toEqual(['TTL_WRONG']);
  });

  test('that is missing', async () => {
    await unset(await row('session#'), 'ttl');
    expect(await codes()).toContain('TTL_WRONG');
  });
});

test('what has expired may lack anything: DynamoDB deletes item by item', async () => {
  const claim = await item('claim:session.token');
  const options = { now: () => new Date(Date.now() + 9e6) };
  await remove(claim);
  expect(await findingsIn(identity, auth, options)).toEqual([]);
  await put(claim);
  await remove({ pk: claim.ownerPk, sk: claim.ownerSk });
  expect(await findingsIn(identity, auth, options)).toEqual([]);
  expect(await codes()).toEqual(['CLAIM_ORPHANED']);
});

test.each([
  { pk: 'user:x', sk: 'passkey#x' },
  { pk: 'something', sk: 'else' },
  { pk: 'user:x', sk: 'user#x' },
  { pk: 'claim:passkey.credentialID:x', sk: 'claim', ownerPk: 'user:x', ownerSk: 'passkey#x' },
  { pk: 'ref:passkey.credentialID:x', sk: 'user:x|passkey#x', ownerPk: 7, ownerSk: {} },
])('an item of no model: %j', async (unknown) => {
  await put(unknown);
  expect(await codes()).toEqual(['ITEM_UNKNOWN']);
});

test('a claim whose owner is of no model', async () => {
  await put({ pk: 'user:x', sk: 'passkey#x' });
  await put({ pk: 'claim:user.email:x', sk: 'claim', ownerPk: 'user:x', ownerSk: 'passkey#x' });
  expect(await codes()).toEqual(['ITEM_UNKNOWN', 'ITEM_UNKNOWN']);
});

test.each([
  {},
  { ownerPk: '', ownerSk: '' },
  { ownerPk: 7, ownerSk: 'user' },
  { ownerPk: 'user:x', ownerSk: ['user'] },
  { ownerPk: 'x'.repeat(2_049), ownerSk: 'user' },
  { ownerPk: 'user:x', ownerSk: 'x'.repeat(1_025) },
  { ownerPk: 'claim:user.email:x', ownerSk: 'claim' },
])('a claim whose owner can be no row (%#)', async (owner) => {
  await put({ pk: 'claim:user.email:x', sk: 'claim', ...owner });
  expect(await codes()).toEqual(['CLAIM_ORPHANED']);
});

test('a finding does not let its reader in: tokens and values are shown as hashes', async () => {
  const adapter = identity.adapter({}, auth);
  const session = await adapter.create({ model: 'session', data: newSession(userId, { token: 'canary-token' }) });
  await adapter.create({ model: 'verification', data: newVerification({ identifier: 'canary-link' }) });
  const own = (await identity.items()).filter((each) => JSON.stringify(each).includes('canary-'));
  expect(own.map(({ pk, sk }) => `${pk}|${sk}`.match(/canary-\w+/g)).sort()).toEqual([
    ['canary-link'],
    ['canary-token'],
    ['canary-token'],
  ]);
  for (const each of own) await set(each, 'ttl', 0.5);
  await put({ pk: `ref:session.userId:x`, sk: `user:${userId}|session#canary-token` });
  await put({ pk: `user:${userId}`, sk: 'passkey#canary-passkey' });
  await put({ pk: 'canary-magic', sk: 'canary-else' });
  const findings = await findingsIn(identity, auth);
  expect(findings).toHaveLength(6);
  expect(JSON.stringify(findings)).not.toContain('canary-');
  const sha256 = createHash('sha256').update(session.token).digest('base64url');
  expect(findings).toContainEqual({
    code: 'TTL_INVALID',
    key: { pk: `user:${userId}`, sk: `session#~${sha256}` },
    message: expect.any(String),
  });
});

test('messages and keys carry no address', async () => {
  const user = await row('user');
  await set(user, 'email', 'canary@example.com');
  expect(JSON.stringify(await findingsIn(identity, auth))).not.toMatch(/canary|@example/);
});

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
