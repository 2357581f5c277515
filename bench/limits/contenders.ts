import { createRequire } from 'node:module';
import { DynamoDB, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { rateLimitTableKeys } from '../../contract/tables.ts';
import { dynamodbAdapter } from '../../lambda/identity/index.ts';
import { dynamodbRateLimit } from '../../lambda/limits/index.ts';
import { awsConfig } from '../../test/support/tables.ts';

/** The table of each contender; they do not share rows. */
export const tableNames = { limits: 'limits', identity: 'identity', flexible: 'flexible' } as const;

export interface Rule {
  readonly window: number;
  readonly max: number;
}

/** One instance of a limiter, with a client of its own. */
export interface Contender {
  /** @returns whether the request was admitted */
  decide(key: string): Promise<boolean>;
  /** DynamoDB requests so far. */
  requests(): number;
  stop(): void;
}

export type ContenderFactory = (endpoint: string, rule: Rule) => Promise<Contender>;

export const contenders = {
  // The least by which a limiter could decide: it counts, and says how many there were.
  'bare UpdateItem': async (endpoint, { max }) => {
    const client = new DynamoDBClient(awsConfig(endpoint));
    return counted(client, async (key) => {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: tableNames.limits,
          Key: { [rateLimitTableKeys.partitionKey]: { S: key } },
          UpdateExpression: 'ADD #count :one',
          ExpressionAttributeNames: { '#count': 'count' },
          ExpressionAttributeValues: { ':one': { N: '1' } },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Number(Attributes?.count?.N) <= max;
    });
  },
  'limiter decision': async (endpoint, rule) => {
    const client = new DynamoDBClient(awsConfig(endpoint));
    const limit = dynamodbRateLimit({ client, tableName: tableNames.limits });
    return counted(client, async (key) => (await limit.consume(key, rule)).allowed);
  },
  'limiter reservation': async (endpoint, rule) => {
    const client = new DynamoDBClient(awsConfig(endpoint));
    const limit = dynamodbRateLimit({ client, tableName: tableNames.limits });
    return counted(client, async (key) => (await limit.reserve(key, rule)).allowed);
  },
  'rate-limiter-flexible': async (endpoint, { window, max }) => {
    const client = new DynamoDB(awsConfig(endpoint));
    const limiter = await flexible(client, { points: max, duration: window });
    return counted(client, (key) => limiter.consume(key).then(yes, refusal));
  },
  'Better Auth, this limiter': async (endpoint, rule) => {
    const client = new DynamoDBClient(awsConfig(endpoint));
    const customStorage = dynamodbRateLimit({ client, tableName: tableNames.limits });
    return counted(client, betterAuthWith({ rateLimit: { enabled: true, ...rule, customStorage } }));
  },
  'Better Auth, its database storage': async (endpoint, rule) => {
    const client = new DynamoDBClient(awsConfig(endpoint));
    const database = dynamodbAdapter({ client, tableName: tableNames.identity });
    return counted(client, betterAuthWith({ database, rateLimit: { enabled: true, ...rule, storage: 'database' } }));
  },
} as const satisfies Record<string, ContenderFactory>;

export type ContenderName = keyof typeof contenders;

function counted(client: DynamoDBClient, decide: (key: string) => Promise<boolean>): Contender {
  let requests = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      requests += 1;
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return { decide, requests: () => requests, stop: () => client.destroy() };
}

const yes = () => true;

/** It rejects with what is left of the limit; with an error when something went wrong. */
function refusal(reason: unknown): boolean {
  if (reason instanceof Error) throw reason;
  return false;
}

interface FlexibleLimiter {
  consume(key: string): Promise<unknown>;
}
type FlexibleClass = new (options: object, ready: (error?: Error) => void) => FlexibleLimiter;

function flexible(client: DynamoDB, options: object): Promise<FlexibleLimiter> {
  const require = createRequire(new URL('package.json', import.meta.url));
  const { RateLimiterDynamo } = require('rate-limiter-flexible') as { RateLimiterDynamo: FlexibleClass };
  const settings = { ...options, storeClient: client, tableName: tableNames.flexible };
  return new Promise((done, fail) => {
    const limiter = new RateLimiterDynamo(settings, (error) => (error ? fail(error) : done(limiter)));
  });
}

/** A request to its health endpoint, which does nothing but pass the limiter. */
function betterAuthWith(options: BetterAuthOptions): (key: string) => Promise<boolean> {
  const header = 'x-client-ip';
  const auth = betterAuth({
    baseURL: 'https://auth.example.com',
    secret: 'bench-limits-secret-0123456789-0123456789',
    logger: { disabled: true },
    advanced: { ipAddress: { ipAddressHeaders: [header], ipv6Subnet: 128 } },
    ...options,
  });
  return async (key) => {
    const request = new Request('https://auth.example.com/api/auth/ok', { headers: { [header]: addressOf(key) } });
    return (await auth.handler(request)).status === 200;
  };
}

/** Its keys are addresses: one for each UUID. */
const addressOf = (key: string): string => key.replaceAll('-', '').match(/.{4}/g)!.join(':');
