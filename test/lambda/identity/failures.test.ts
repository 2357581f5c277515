import {
  type BatchGetItemCommand,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { IdentityStoreError } from '../../../lambda/identity/index.ts';
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
import { createUsers } from './people.ts';

let identity: Identity;
/** Decides what a request meets instead of, or after, the real store. */
let fault: ((command: string, attempt: number) => 'pass' | 'lose the answer' | Error) | undefined;
let sent: number;
let client: DynamoDBClient;
let retryingClient: DynamoDBClient;
let failures: IdentityStoreError[];

const faulty = (maxAttempts: number) => {
  const faultyClient = new DynamoDBClient({ ...awsConfig(identity.endpoint), maxAttempts });
  faultyClient.middlewareStack.add(
    (next, context) => async (args) => {
      const verdict = fault?.(String(context.commandName), sent++) ?? 'pass';
      if (verdict instanceof Error) throw verdict;
      const answer = await next(args);
      if (verdict === 'lose the answer') throw named('TimeoutError');
      return answer;
    },
    // Below the retries of the SDK: a lost answer makes it send the request again.
    { step: 'finalizeRequest', priority: 'low', name: 'fault' },
  );
  return faultyClient;
};

beforeAll(async () => {
  identity = await startIdentity();
  await createUsers(identity, 'lost', 'forgetful', 'large');
  client = faulty(1);
  retryingClient = faulty(2);
});
afterAll(async () => {
  client.destroy();
  retryingClient.destroy();
  await identity.stop();
});
beforeEach(() => {
  fault = undefined;
  sent = 0;
  failures = [];
});

const named = (name: string) => Object.assign(new Error(`${name} with a secret in it`), { name, $metadata: {} });
const adapter = (options: object = {}) =>
  identity.adapter({ client, onFailure: (error) => failures.push(error), wait: async () => {}, ...options });
const byId = (id: string) => [equal('id', id)];

const operations: Record<string, (database: ReturnType<typeof adapter>) => Promise<unknown>> = {
  create: (database) => database.create({ model: 'user', data: newUser() }),
  findOne: (database) => database.findOne({ model: 'user', where: [equal('email', 'a@example.com')] }),
  findMany: (database) => database.findMany({ model: 'session', where: [equal('userId', 'u')] }),
  count: (database) => database.count({ model: 'user' }),
  update: (database) => database.update({ model: 'user', where: byId('u'), update: { name: 'x' } }),
  'update of a unique field': (database) =>
    database.update({ model: 'user', where: byId('u'), update: { email: 'x@example.com' } }),
  updateMany: (database) =>
    database.updateMany({ model: 'account', where: [equal('userId', 'u')], update: { scope: 'x' } }),
  incrementOne: (database) =>
    database.incrementOne({ model: 'user', where: byId('u'), increment: {}, set: { name: 'x' } }),
  delete: (database) => database.delete({ model: 'user', where: byId('u') }),
  deleteMany: (database) => database.deleteMany({ model: 'session', where: [equal('userId', 'u')] }),
  consumeOne: (database) => database.consumeOne({ model: 'verification', where: [equal('identifier', 'i')] }),
  transaction: (database) => database.transaction((trx) => trx.create({ model: 'user', data: newUser() })),
};

describe.each([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'InternalServerError',
  'AccessDeniedException',
  'ResourceNotFoundException',
  'TimeoutError',
])('%s', (name) => {
  test.each(Object.entries(operations))(
    'fails %s as STORE_UNAVAILABLE and is reported once',
    async (_name, operation) => {
      fault = () => named(name);
      const error = await operation(adapter()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(IdentityStoreError);
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: { name } });
      expect((error as Error).message).not.toContain('secret');
      expect(failures).toEqual([error]);
    },
  );
});

test('duplicates and conditions that do not hold are no failures of the store', async () => {
  const database = adapter();
  const user = await database.create({ model: 'user', data: newUser() });
  const duplicate = database.create({ model: 'user', data: newUser({ email: user.email }) });
  await expect(duplicate).rejects.toMatchObject({ code: 'DUPLICATE', message: "another 'user' has the same email" });
  expect(await database.consumeOne({ model: 'verification', where: byId('gone') })).toBeNull();
  expect(failures).toEqual([]);
});

describe('an answer that was lost after the write took effect', () => {
  const retrying = () => adapter({ client: retryingClient });
  const loseFirst = () => {
    sent = 0;
    fault = (_command, attempt) => (attempt === 0 ? 'lose the answer' : 'pass');
  };

  test('create of one item succeeds', async () => {
    loseFirst();
    const session = await retrying().create({ model: 'session', data: newSession('lost', { token: 'lost~token' }) });
    expect(await retrying().findMany({ model: 'session', where: [equal('userId', 'lost')] })).toEqual([session]);
    expect(sent).toBeGreaterThan(1);
  });

  test('a counter counts once, though its guard still holds afterwards', async () => {
    const tries = { type: 'number', required: false } as const;
    const auth = { ...authOptions, user: { additionalFields: { tries } } };
    const database = identity.adapter({ client: retryingClient }, auth);
    const { id } = await database.create({ model: 'user', data: newUser({ tries: 0 }) });
    loseFirst();
    const where = [...byId(id), { field: 'tries', operator: 'lt' as const, value: 5 }];
    const counted = await database.incrementOne({ model: 'user', where, increment: { tries: 1 } });
    expect(sent).toBe(2);
    expect(counted).toMatchObject({ id, tries: 1 });
    expect(await database.findOne({ model: 'user', where: byId(id) })).toMatchObject({ tries: 1 });
  });

  test.each(['alone', 'in a transaction'])("a one-time value is nobody's, and that is reported (%s)", async (kind) => {
    const { id } = await retrying().create({ model: 'verification', data: newVerification() });
    const consume = (database: Pick<ReturnType<typeof adapter>, 'consumeOne'>) =>
      database.consumeOne({ model: 'verification', where: byId(id) });
    const database = retrying();
    let deletes = 0;
    fault = (command) => (command === 'DeleteItemCommand' && deletes++ === 0 ? 'lose the answer' : 'pass');
    const consumed = kind === 'alone' ? consume(database) : database.transaction(consume);
    await expect(consumed).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(failures).toHaveLength(1);
    expect(deletes).toBe(2);
    expect(await retrying().findOne({ model: 'verification', where: byId(id) })).toBeNull();
  });

  test.each([
    ['where its token says', 'forgetful~token', 'lose the answer'],
    ['elsewhere, behind a claim', 'stranger~token', named('TimeoutError')],
  ] as const)('a delete is done and counted (a session %s)', async (_name, token, verdict) => {
    await retrying().create({ model: 'session', data: newSession('forgetful', { token }) });
    sent = 0;
    fault = (_command, attempt) => (attempt === 0 ? verdict : 'pass');
    const where = [equal('token', token)];
    expect(await retrying().deleteMany({ model: 'session', where })).toBe(1);
    expect(sent).toBeGreaterThan(1);
    expect(await retrying().findOne({ model: 'session', where })).toBeNull();
    expect(failures).toEqual([]);
  });
});

describe('a cancelled transaction', () => {
  const cancelled = (code: string) =>
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: [{ Code: 'None' }, { Code: code }],
    });

  test.each(['TransactionConflict', 'ThrottlingError'])('%s passes: it is tried again', async (code) => {
    fault = (_command, attempt) => (attempt < 2 ? cancelled(code) : 'pass');
    const user = await adapter().create({ model: 'user', data: newUser() });
    expect(await adapter().findOne({ model: 'user', where: byId(user.id) })).toEqual(user);
    expect(failures).toEqual([]);
  });

  test.each(['TransactionConflict', 'ThrottlingError'])('%s that stays is no duplicate', async (code) => {
    fault = () => cancelled(code);
    await expect(adapter().create({ model: 'user', data: newUser() })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(failures).toHaveLength(1);
  });

  test('a row that a transaction is busy with is written a little later', async () => {
    const { id } = await adapter().create({ model: 'user', data: newUser() });
    sent = 0;
    fault = (_command, attempt) =>
      attempt < 2 ? new TransactionConflictException({ message: 'busy', $metadata: {} }) : 'pass';
    expect(await adapter().update({ model: 'user', where: byId(id), update: { name: 'Bob' } })).toMatchObject({
      name: 'Bob',
    });
  });
});

test('keys that a batch left unprocessed are asked for again', async () => {
  const database = adapter();
  const users = await Promise.all([1, 2, 3].map(() => database.create({ model: 'user', data: newUser() })));
  let partial = 0;
  const shrinking = new DynamoDBClient(awsConfig(identity.endpoint));
  shrinking.middlewareStack.add(
    (next, context) => async (args) => {
      const requested = (args.input as BatchGetItemCommand['input']).RequestItems?.identity?.Keys ?? [];
      if (context.commandName !== 'BatchGetItemCommand' || requested.length < 2) return next(args);
      partial++;
      const input = { RequestItems: { identity: { Keys: requested.slice(0, 1), ConsistentRead: true } } };
      const answer = await next({ ...args, input: input as unknown as typeof args.input });
      const UnprocessedKeys = { identity: { Keys: requested.slice(1), ConsistentRead: true } };
      return { ...answer, output: { ...answer.output, UnprocessedKeys } };
    },
    { step: 'initialize' },
  );
  const ids = users.map(({ id }) => id);
  const where = [{ field: 'id', operator: 'in' as const, value: ids }];
  const found = await identity
    .adapter({ client: shrinking, wait: async () => {} })
    .findMany<{ id: string }>({ model: 'user', where });
  expect(found.map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(partial).toBe(2);
  shrinking.destroy();
});

test.each(['alone', 'with claims'])('a row beyond 400 KB is refused and its largest field named (%s)', async (kind) => {
  const large = 'x'.repeat(500_000);
  const creating =
    kind === 'alone'
      ? adapter().create({ model: 'verification', data: newVerification({ value: large }) })
      : adapter().create({ model: 'account', data: newAccount('large', { accessToken: large }) });
  const field = kind === 'alone' ? 'value' : 'accessToken';
  await expect(creating).rejects.toMatchObject({
    code: 'ITEM_TOO_LARGE',
    message: expect.stringContaining(`'${field}'`),
  });
  expect(failures).toEqual([]);
});

test('a transaction in which the store failed is not committed, even if the failure was swallowed', async () => {
  const database = adapter();
  const email = 'half-done@example.com';
  const transaction = database.transaction(async (trx) => {
    await trx.create({ model: 'user', data: newUser({ email }) });
    fault = () => named('ThrottlingException');
    await trx.findOne({ model: 'user', where: byId('x') }).catch(() => null);
    fault = undefined;
  });
  await expect(transaction).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(failures).toHaveLength(1);
  expect(await database.findOne({ model: 'user', where: [equal('email', email)] })).toBeNull();
});

test('nothing answers: the error of the connection', async () => {
  const nowhere = new DynamoDBClient({ ...awsConfig('http://127.0.0.1:1'), maxAttempts: 1 });
  const database = identity.adapter({ client: nowhere, onFailure: (error) => failures.push(error) });
  await expect(database.findOne({ model: 'user', where: byId('x') })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  expect(failures).toHaveLength(1);
  nowhere.destroy();
});
