import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { BetterAuthOptions } from 'better-auth';
import { betterAuth } from 'better-auth/minimal';
import { type DynamodbAdapterOptions, dynamodbAdapter, identityTable } from '../../lambda/identity/index.ts';
import { startTables } from './tables.ts';

export const authOptions = {
  baseURL: 'https://auth.example.com',
  secret: 'identity-tests-secret-0123456789-0123456789',
  emailAndPassword: {
    enabled: true,
    password: {
      hash: async (password) => `hash of ${password}`,
      verify: async ({ hash, password }) => hash === `hash of ${password}`,
    },
  },
  verification: { disableCleanup: true },
  rateLimit: { enabled: false },
  logger: { disabled: true },
  advanced: { database: { joins: true } },
} as const satisfies BetterAuthOptions;

/** An empty identity table on a real server, and adapters and Better Auth instances on it. */
export async function startIdentity() {
  const { client, dynamodb, stop } = await startTables(identityTable('identity'));
  const adapterOn = (options: Partial<DynamodbAdapterOptions> = {}) =>
    dynamodbAdapter({ client, tableName: 'identity', ...options });
  return {
    client,
    endpoint: dynamodb.endpoint,
    stop,
    adapter: (options: Partial<DynamodbAdapterOptions> = {}, auth: BetterAuthOptions = authOptions) =>
      adapterOn(options)(auth),
    auth: (options: BetterAuthOptions = {}) => betterAuth({ ...authOptions, ...options, database: adapterOn() }),
    items: () => allItems(client),
  };
}

export type Identity = Awaited<ReturnType<typeof startIdentity>>;

/** Everything in the table, as an operator would see it. */
async function allItems(client: DynamoDBClient) {
  const items = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: 'identity', ConsistentRead: true }))
    items.push(...Items.map((item) => unmarshall(item)));
  return items;
}

let count = 0;
const soon = () => new Date(Date.now() + 3_600_000);

export const newUser = (fields: object = {}) => ({
  name: 'Ada',
  email: `user-${++count}-${Math.random().toString(36).slice(2)}@example.com`,
  emailVerified: true,
  createdAt: new Date(),
  updatedAt: new Date(),
  ...fields,
});

export const newAccount = (userId: string, fields: object = {}) => ({
  userId,
  providerId: 'github',
  accountId: `account-${++count}`,
  createdAt: new Date(),
  updatedAt: new Date(),
  ...fields,
});

export const newSession = (userId: string, fields: object = {}) => ({
  userId,
  token: `token${++count}`,
  expiresAt: soon(),
  createdAt: new Date(),
  updatedAt: new Date(),
  ...fields,
});

export const newVerification = (fields: object = {}) => ({
  identifier: `identifier-${++count}`,
  value: 'value',
  expiresAt: soon(),
  createdAt: new Date(),
  updatedAt: new Date(),
  ...fields,
});

export const equal = (field: string, value: string | number | boolean | null) => ({ field, value });
