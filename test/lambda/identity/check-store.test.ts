import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { checkStore } from '../../../lambda/identity/index.ts';
import { newSession, newUser, newVerification } from '../../support/identity.ts';
import { findingsIn } from './check.ts';
import {
  auth,
  fillStore,
  identity,
  item,
  put,
  remove,
  row,
  type StoredItem,
  set,
  TableName,
  unset,
  userId,
} from './filled-store.ts';

fillStore();

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
