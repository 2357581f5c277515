import { expect } from '@jest/globals';
import type { BetterAuthOptions } from 'better-auth';
import { twoFactor } from 'better-auth/plugins';
import { authOptions, equal, type Identity, newAccount, newSession, newUser } from '../../../support/identity.ts';

type Adapter = ReturnType<Identity['adapter']>;

export interface Scenario {
  readonly name: string;
  /** What is there before; sign-ups and the like need nothing. */
  readonly prepare?: (adapter: Adapter) => Promise<unknown>;
  readonly operate: (adapter: Adapter) => Promise<unknown>;
  /** What it answers when nothing fails; by default that is not looked at. */
  readonly answer?: unknown;
  /** Each row is a step of its own, so that some may be done and others not. */
  readonly steps?: true;
  /** When its answer is lost nobody knows who did it, and it must not say that it did. */
  readonly mayBeLost?: true;
}

export const auth = {
  ...authOptions,
  plugins: [twoFactor()],
  user: { additionalFields: { tries: { type: 'number', required: false } } },
} satisfies BetterAuthOptions;

const at = new Date('2030-01-01T00:00:00.000Z');
const times = { createdAt: at, updatedAt: at };
const user = { ...newUser({ email: 'ada@example.com' }), ...times, id: 'ada', tries: 1 };
const account = { ...newAccount('ada', { accountId: 'github-1' }), ...times, id: 'account-1' };
const session = (token: string, fields: object = {}) => ({
  ...newSession('ada', { token, expiresAt: at }),
  ...times,
  id: `session-${token}`,
  ...fields,
});
const verification = { identifier: 'reset-x', value: 'y', expiresAt: at, ...times, id: 'reset-x~1' };

const forceAllowId = true;
const create = (adapter: Pick<Adapter, 'create'>, model: string, data: Record<string, unknown>) =>
  adapter.create({ model, data, forceAllowId });
const byId = (id: string) => [equal('id', id)];

async function person(adapter: Adapter) {
  await create(adapter, 'user', user);
  await create(adapter, 'account', account);
  await create(adapter, 'session', session('plain'));
  await create(adapter, 'session', session('ada~hinted'));
  await create(adapter, 'twoFactor', { id: 'ada~factor', userId: 'ada', secret: 's', backupCodes: 'b' });
}
const values = async (adapter: Adapter) => {
  await create(adapter, 'verification', verification);
};
const withUser = (adapter: Adapter) => create(adapter, 'user', user);

/** Every operation, in each of the ways that the adapter goes about it. */
export const scenarios: readonly Scenario[] = [
  { name: 'create a row alone', operate: (adapter) => create(adapter, 'verification', verification) },
  { name: 'create a row with a claim', operate: withUser },
  { name: 'create a row of a user', prepare: withUser, operate: (adapter) => create(adapter, 'account', account) },
  {
    name: 'create a session that names its place',
    prepare: withUser,
    operate: (adapter) => create(adapter, 'session', session('ada~hinted')),
  },
  {
    name: 'sign up',
    operate: (adapter) =>
      adapter.transaction(async (trx) => {
        await trx.findOne({ model: 'user', where: [equal('email', user.email)] });
        await create(trx, 'user', user);
        await create(trx, 'account', account);
        await create(trx, 'session', session('plain'));
      }),
  },
  {
    name: 'update in place',
    prepare: person,
    operate: (adapter) => adapter.update({ model: 'user', where: byId('ada'), update: { name: 'Bob' } }),
    answer: expect.objectContaining({ name: 'Bob' }),
  },
  {
    name: 'update by a claim',
    prepare: person,
    operate: (adapter) =>
      adapter.update({ model: 'user', where: [equal('email', user.email)], update: { name: 'Bob' } }),
    answer: expect.objectContaining({ name: 'Bob' }),
  },
  {
    name: 'update on a condition that DynamoDB does not know',
    prepare: person,
    operate: (adapter) =>
      adapter.update({
        model: 'user',
        where: [...byId('ada'), { field: 'email', operator: 'ends_with', value: '.com' }],
        update: { name: 'Bob' },
      }),
    answer: expect.objectContaining({ name: 'Bob' }),
  },
  {
    name: 'change a unique value',
    prepare: person,
    operate: (adapter) => adapter.update({ model: 'user', where: byId('ada'), update: { email: 'b@example.com' } }),
    answer: expect.objectContaining({ email: 'b@example.com' }),
  },
  {
    name: 'change a unique value in a transaction',
    prepare: person,
    operate: (adapter) =>
      adapter.transaction((trx) =>
        trx.update({ model: 'account', where: byId('account-1'), update: { accountId: 'github-2' } }),
      ),
  },
  {
    name: 'extend a session whose claim expires with it',
    prepare: person,
    operate: (adapter) =>
      adapter.update({
        model: 'session',
        where: [equal('token', 'plain')],
        update: { expiresAt: new Date('2031-01-01T00:00:00.000Z') },
      }),
  },
  {
    name: 'updateMany',
    prepare: person,
    operate: (adapter) =>
      adapter.updateMany({ model: 'session', where: [equal('userId', 'ada')], update: { userAgent: 'x' } }),
    answer: 2,
    steps: true,
  },
  {
    name: 'incrementOne with a guard that still holds afterwards',
    prepare: person,
    operate: (adapter) =>
      adapter.incrementOne({
        model: 'user',
        where: [...byId('ada'), { field: 'tries', operator: 'lt', value: 5 }],
        increment: { tries: 1 },
      }),
    answer: expect.objectContaining({ tries: 2 }),
  },
  {
    name: 'incrementOne in a transaction',
    prepare: person,
    operate: (adapter) =>
      adapter.transaction((trx) =>
        trx.incrementOne({ model: 'user', where: byId('ada'), increment: { tries: 1 }, set: { name: 'Bob' } }),
      ),
  },
  {
    name: 'delete where the token says',
    prepare: person,
    operate: (adapter) => adapter.delete({ model: 'session', where: [equal('token', 'ada~hinted')] }),
  },
  {
    name: 'delete with a claim',
    prepare: person,
    operate: (adapter) => adapter.delete({ model: 'session', where: [equal('token', 'plain')] }),
  },
  {
    name: 'delete a user with all that is left',
    prepare: person,
    operate: (adapter) => adapter.delete({ model: 'user', where: byId('ada') }),
    steps: true,
  },
  {
    name: 'deleteMany',
    prepare: person,
    operate: (adapter) => adapter.deleteMany({ model: 'session', where: [equal('userId', 'ada')] }),
    answer: 2,
    steps: true,
  },
  {
    name: 'revoke more sessions than a transaction holds',
    prepare: async (adapter) => {
      await create(adapter, 'user', user);
      await Promise.all(Array.from({ length: 55 }, (_, i) => create(adapter, 'session', session(`plain${i}`))));
    },
    operate: (adapter) =>
      adapter.transaction(async (trx) => {
        await trx.update({ model: 'user', where: byId('ada'), update: { name: 'Bob' } });
        await trx.deleteMany({ model: 'session', where: [equal('userId', 'ada')] });
      }),
    steps: true,
  },
  {
    name: 'consumeOne by id',
    prepare: values,
    operate: (adapter) => adapter.consumeOne({ model: 'verification', where: byId('reset-x~1') }),
    answer: expect.objectContaining({ value: 'y' }),
    mayBeLost: true,
  },
  {
    name: 'consumeOne by identifier',
    prepare: values,
    operate: (adapter) => adapter.consumeOne({ model: 'verification', where: [equal('identifier', 'reset-x')] }),
    answer: expect.objectContaining({ value: 'y' }),
    mayBeLost: true,
  },
  {
    name: 'consumeOne with a claim',
    prepare: person,
    operate: (adapter) => adapter.consumeOne({ model: 'account', where: byId('account-1') }),
    answer: expect.objectContaining({ id: 'account-1' }),
    mayBeLost: true,
  },
  {
    name: 'consumeOne in a transaction',
    prepare: async (adapter) => {
      await person(adapter);
      await values(adapter);
    },
    operate: (adapter) =>
      adapter.transaction(async (trx) => {
        await trx.update({ model: 'user', where: byId('ada'), update: { emailVerified: false } });
        return trx.consumeOne({ model: 'verification', where: byId('reset-x~1') });
      }),
    answer: expect.objectContaining({ value: 'y' }),
    mayBeLost: true,
  },
  {
    name: 'findOne with a join',
    prepare: person,
    operate: (adapter) =>
      adapter.findOne({ model: 'user', where: [equal('email', user.email)], join: { account: true } }),
    answer: expect.objectContaining({ account: [expect.objectContaining({ id: 'account-1' })] }),
  },
  {
    name: 'findMany by several keys',
    prepare: person,
    operate: (adapter) =>
      adapter.findMany({
        model: 'session',
        where: [{ field: 'token', operator: 'in', value: ['plain', 'ada~hinted', 'gone'] }],
      }),
    answer: [expect.anything(), expect.anything()],
  },
  {
    name: 'list and count',
    prepare: person,
    operate: async (adapter) => [
      await adapter.count({ model: 'user' }),
      await adapter.findMany({ model: 'user', limit: 10 }),
    ],
    answer: [1, [expect.objectContaining({ id: 'ada' })]],
  },
];
