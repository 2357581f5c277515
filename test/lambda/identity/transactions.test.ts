import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  equal,
  type Identity,
  newAccount,
  newSession,
  newUser,
  newVerification,
  startIdentity,
} from '../../support/identity.ts';
import { countTrips } from '../../support/trips.ts';
import { createUsers } from './people.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

type Adapter = ReturnType<Identity['adapter']>;
const byId = (id: string) => [equal('id', id)];

test('reads see the writes of the transaction, nobody else does, and one request commits them', async () => {
  const adapter = identity.adapter({ listing: 'all' });
  const trips = countTrips(identity.client);
  const email = 'inside@example.com';
  const { commands } = await trips.during(() =>
    adapter.transaction(async (trx) => {
      const user = await trx.create({ model: 'user', data: newUser({ email }) });
      const account = await trx.create({ model: 'account', data: newAccount(user.id) });
      const joined = { ...user, account: [account] };
      expect(await trx.findOne({ model: 'user', where: [equal('email', email)], join: { account: true } })).toEqual(
        joined,
      );
      expect(await trx.findMany({ model: 'account', where: [equal('userId', user.id)] })).toEqual([account]);
      expect(await trx.findMany({ model: 'account', where: [equal('providerId', 'github')] })).toEqual([account]);
      expect(await trx.update({ model: 'user', where: byId(user.id), update: { name: 'Bob' } })).toMatchObject({
        name: 'Bob',
      });
      expect(await trx.findOne({ model: 'user', where: byId(user.id) })).toMatchObject({ name: 'Bob' });
      expect(await trx.count({ model: 'user', where: [equal('email', email)] })).toBe(1);
      expect(await adapter.findOne({ model: 'user', where: [equal('email', email)] })).toBeNull();
      expect(await trx.deleteMany({ model: 'account', where: [equal('userId', user.id)] })).toBe(1);
      expect(await trx.findMany({ model: 'account', where: [equal('userId', user.id)] })).toEqual([]);
    }),
  );
  expect(commands.filter((command) => !/Get|Query/.test(command))).toEqual(['TransactWriteItemsCommand']);
  expect(
    await adapter.findOne({ model: 'user', where: [equal('email', email)], join: { account: true } }),
  ).toMatchObject({
    name: 'Bob',
    account: [],
  });
});

test('a callback that throws writes nothing', async () => {
  const adapter = identity.adapter();
  const user = await adapter.create({ model: 'user', data: newUser() });
  const before = await identity.items();
  const transaction = adapter.transaction(async (trx) => {
    await trx.create({ model: 'account', data: newAccount(user.id) });
    await trx.update({ model: 'user', where: byId(user.id), update: { email: 'other@example.com' } });
    await trx.delete({ model: 'user', where: byId(user.id) });
    throw new Error('changed my mind');
  });
  await expect(transaction).rejects.toThrow('changed my mind');
  expect(await identity.items()).toEqual(before);
});

test('sign-up stores user, account, claims and session in one transaction', async () => {
  const auth = identity.auth();
  await auth.$context;
  const trips = countTrips(identity.client);
  const email = 'whole@example.com';
  const body = { name: 'Ada', email, password: 'correct horse battery staple' };
  const { commands } = await trips.during(() => auth.api.signUpEmail({ body }));
  expect(commands).toEqual(['GetItemCommand', 'TransactWriteItemsCommand']);
});

describe('uniqueness', () => {
  test('a duplicate within the transaction is refused on the spot, and leaves nothing of itself behind', async () => {
    const adapter = identity.adapter();
    const email = 'twice@example.com';
    const name = await adapter.transaction(async (trx) => {
      await trx.create({ model: 'user', data: newUser({ email, name: 'first' }) });
      const second = trx.create({ model: 'user', data: newUser({ email, name: 'second' }) });
      await expect(second).rejects.toMatchObject({ code: 'DUPLICATE' });
      return (await trx.findOne<{ name: string }>({ model: 'user', where: [equal('email', email)] }))?.name;
    });
    expect(name).toBe('first');
    expect((await identity.items()).filter((item) => item.email === email)).toHaveLength(1);
  });

  test('a duplicate found at commit is met by a second run, where the callback can answer for it', async () => {
    const adapter = identity.adapter();
    const email = 'taken@example.com';
    await adapter.create({ model: 'user', data: newUser({ email }) });
    let runs = 0;
    const answer = await adapter.transaction(async (trx) => {
      runs++;
      return trx.create({ model: 'user', data: newUser({ email }) }).then(
        () => 'created',
        (error) => error.code,
      );
    });
    expect([answer, runs]).toEqual(['DUPLICATE', 2]);
    const unanswered = adapter.transaction((trx) => trx.create({ model: 'user', data: newUser({ email }) }));
    await expect(unanswered).rejects.toMatchObject({ code: 'DUPLICATE' });
  });

  test('a value can move from one row to another', async () => {
    const adapter = identity.adapter();
    const email = 'moving@example.com';
    const old = await adapter.create({ model: 'user', data: newUser({ email }) });
    const user = await adapter.transaction(async (trx) => {
      await trx.delete({ model: 'user', where: byId(old.id) });
      return trx.create({ model: 'user', data: newUser({ email }) });
    });
    expect(await adapter.findMany({ model: 'user', where: [equal('email', email)] })).toEqual([user]);
  });

  test('a value is free again after its owner and a second one, made meanwhile, are both deleted', async () => {
    const adapter = identity.adapter();
    const email = 'both-gone@example.com';
    const first = await adapter.create({ model: 'user', data: newUser({ email }) });
    await adapter.transaction(async (trx) => {
      const second = await trx.create({ model: 'user', data: newUser({ email }) });
      for (const { id } of [first, second]) await trx.delete({ model: 'user', where: byId(id) });
    });
    await expect(adapter.create({ model: 'user', data: newUser({ email }) })).resolves.toMatchObject({ email });
  });

  test('two rows cannot swap their values in one transaction, and both keep theirs', async () => {
    const adapter = identity.adapter();
    const emails = ['swap-a@example.com', 'swap-b@example.com'];
    const users = await Promise.all(emails.map((email) => adapter.create({ model: 'user', data: newUser({ email }) })));
    const swap = adapter.transaction(async (trx) => {
      await trx.update({ model: 'user', where: byId(users[0]!.id), update: { email: emails[1] } });
      await trx.update({ model: 'user', where: byId(users[1]!.id), update: { email: emails[0] } });
    });
    await expect(swap).rejects.toMatchObject({ code: 'DUPLICATE' });
    for (const [i, email] of emails.entries()) {
      expect(await adapter.findMany({ model: 'user', where: [equal('email', email)] })).toEqual([users[i]]);
    }
  });
});

test('a rival in between makes it run again on fresh rows', async () => {
  const adapter = identity.adapter();
  const { id } = await adapter.create({ model: 'verification', data: newVerification({ value: '1' }) });
  let runs = 0;
  await adapter.transaction(async (trx) => {
    const row = await trx.findOne<{ value: string }>({ model: 'verification', where: byId(id) });
    await trx.update({ model: 'verification', where: byId(id), update: { value: `${row?.value}+trx` } });
    if (runs++ === 0) await adapter.update({ model: 'verification', where: byId(id), update: { value: '2' } });
  });
  expect(runs).toBe(2);
  expect(await adapter.findOne({ model: 'verification', where: byId(id) })).toMatchObject({ value: '2+trx' });
});

test('rivals without end are a CONFLICT', async () => {
  const failures: string[] = [];
  const adapter = identity.adapter({ wait: async () => {}, onFailure: ({ code }) => failures.push(code) });
  const { id } = await adapter.create({ model: 'user', data: newUser() });
  const transaction = adapter.transaction(async (trx) => {
    await trx.update({ model: 'user', where: byId(id), update: { name: 'mine' } });
    await adapter.update({ model: 'user', where: byId(id), update: { name: 'theirs' } });
  });
  await expect(transaction).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(failures).toEqual(['CONFLICT']);
});

/** What is stored of a user, except the user. */
const belongings = async (userId: string) => {
  const partition = `user:${userId}`;
  const items = (await identity.items()).filter(({ pk, ownerPk }) => pk === partition || ownerPk === partition);
  return items.filter(({ sk, ownerSk }) => sk !== 'user' && ownerSk !== 'user');
};

describe('the limit of 100 writes', () => {
  test('more is an error that says so, and nothing is written', async () => {
    const adapter = identity.adapter();
    const transaction = adapter.transaction(async (trx) => {
      for (let i = 0; i < 101; i++)
        await trx.create({ model: 'user', data: { ...newUser(), id: `big${i}` }, forceAllowId: true });
    });
    await expect(transaction).rejects.toMatchObject({
      code: 'TRANSACTION_TOO_LARGE',
      message: 'a transaction of 202 writes; DynamoDB allows 100',
    });
    expect(await adapter.findOne({ model: 'user', where: byId('big0') })).toBeNull();
  });

  /** A user whose plain-token sessions make two writes each, and a transaction that revokes them and does more. */
  const revoking = async (work: (trx: Parameters<Parameters<Adapter['transaction']>[0]>[0]) => Promise<unknown>) => {
    const adapter = identity.adapter();
    const { id } = await adapter.create({ model: 'user', data: newUser() });
    await Promise.all(Array.from({ length: 60 }, () => adapter.create({ model: 'session', data: newSession(id) })));
    const transaction = adapter.transaction(async (trx) => {
      await trx.deleteMany({ model: 'session', where: [equal('userId', id)] });
      await trx.update({ model: 'user', where: byId(id), update: { name: 'Bob' } });
      await work(trx);
    });
    return { transaction, items: () => belongings(id) };
  };

  test('a session that was revoked although the rest failed took its claims with it', async () => {
    const { email } = await identity.adapter().create({ model: 'user', data: newUser() });
    const { transaction, items } = await revoking((trx) => trx.create({ model: 'user', data: newUser({ email }) }));
    await expect(transaction).rejects.toMatchObject({ code: 'DUPLICATE' });
    const left = await items();
    const rows = left.filter(({ token }) => token).map(({ sk }) => sk);
    const owners = left.filter(({ ownerSk }) => ownerSk).map(({ ownerSk }) => ownerSk);
    expect(rows.length).toBeLessThan(60);
    expect(owners.sort()).toEqual(rows.sort());
  });

  test('where that is not enough, no session is revoked', async () => {
    const { transaction, items } = await revoking(async (trx) => {
      for (let i = 0; i < 51; i++) await trx.create({ model: 'user', data: newUser() });
    });
    await expect(transaction).rejects.toMatchObject({ code: 'TRANSACTION_TOO_LARGE' });
    expect(await items()).toHaveLength(120);
  });

  test.each(['hinted', 'plain'])('revoking more sessions than that succeeds (%s tokens)', async (kind) => {
    const adapter = identity.adapter();
    const userId = `busy-${kind}`;
    await createUsers(identity, userId);
    const account = await adapter.create({ model: 'account', data: newAccount(userId) });
    await Promise.all(
      Array.from({ length: 130 }, (_, i) =>
        adapter.create({
          model: 'session',
          data: newSession(userId, kind === 'hinted' ? { token: `${userId}~${i}` } : {}),
        }),
      ),
    );
    const revoked = await adapter.transaction(async (trx) => {
      await trx.update({ model: 'account', where: byId(account.id), update: { password: 'new' } });
      return trx.deleteMany({ model: 'session', where: [equal('userId', userId)] });
    });
    expect(revoked).toBe(130);
    expect(await adapter.findOne({ model: 'account', where: byId(account.id) })).toMatchObject({ password: 'new' });
    expect((await belongings(userId)).map(({ sk }) => sk).sort()).toEqual([
      expect.stringMatching(/^account#/),
      'claim',
    ]);
  });
});
