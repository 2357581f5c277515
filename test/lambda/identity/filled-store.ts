import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { organization } from 'better-auth/plugins';
import {
  authOptions,
  type Identity,
  newAccount,
  newSession,
  newUser,
  newVerification,
  startIdentity,
} from '../../support/identity.ts';

export type StoredItem = Awaited<ReturnType<Identity['items']>>[number];

export const auth = { ...authOptions, plugins: [organization()] };
export const TableName = 'identity';

export let identity: Identity;
export let userId: string;

/** Some of everything before each test: rows with and without claims and references, in a partition of their own and in their user's. */
export function fillStore(): void {
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(() => identity.stop());
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
}

export const remove = ({ pk, sk }: StoredItem) =>
  identity.client.send(new DeleteItemCommand({ TableName, Key: marshall({ pk, sk }) }));
export const put = (item: object) => identity.client.send(new PutItemCommand({ TableName, Item: marshall(item) }));
export const set = ({ pk, sk }: StoredItem, attribute: string, value: unknown) =>
  identity.client.send(
    new UpdateItemCommand({
      TableName,
      Key: marshall({ pk, sk }),
      UpdateExpression: 'SET #a = :v',
      ExpressionAttributeNames: { '#a': attribute },
      ExpressionAttributeValues: marshall({ ':v': value }),
    }),
  );
export const unset = ({ pk, sk }: StoredItem, attribute: string) =>
  identity.client.send(
    new UpdateItemCommand({
      TableName,
      Key: marshall({ pk, sk }),
      UpdateExpression: 'REMOVE #a',
      ExpressionAttributeNames: { '#a': attribute },
    }),
  );
/** The first item whose partition or sort key starts so. */
export async function item(pk: string, sk = ''): Promise<StoredItem> {
  const found = (await identity.items()).find((each) => each.pk.startsWith(pk) && each.sk.startsWith(sk));
  if (!found) throw new Error(`no item '${pk}' '${sk}'`);
  return found;
}
export const row = (sk: string) => item(sk === 'verification#' ? 'verification:' : 'user:', sk);
