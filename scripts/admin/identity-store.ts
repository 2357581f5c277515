import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BetterAuthDBSchema, getAuthTables } from 'better-auth/db';
import type { BetterAuthOptions, DBAdapter } from 'better-auth/types';
import { environment as variable } from '../../contract/environment.ts';
import { createAuth } from '../../lambda/auth/auth.ts';
import type { AuthOptions } from '../../lambda/auth/auth-options.ts';
import { createClients } from '../../lambda/auth/clients.ts';
import { readEnvironment } from '../../lambda/auth/environment.ts';
import { dynamodbAdapter } from '../../lambda/identity/index.ts';
import { originSource } from '../../lambda/policy/origin-source.ts';
import { resolveProviders } from '../../lambda/policy/provider-options.ts';
import { secretRing } from '../../lambda/secrets/secret-ring.ts';
import { createKeySet } from '../../lambda/tokens/key-set.ts';
import type { Target } from './target.ts';

/** The identities of a stack, with the schema that its function uses. */
export interface IdentityStore {
  readonly client: DynamoDBClient;
  readonly adapter: DBAdapter;
  readonly auth: BetterAuthOptions;
  readonly schema: BetterAuthDBSchema;
  close(): void;
}

export async function openStore(target: Target, options: AuthOptions, now: () => Date): Promise<IdentityStore> {
  const client = new DynamoDBClient(target.dynamodb);
  const auth = await configured(options, now);
  return {
    client,
    auth,
    schema: getAuthTables(auth),
    adapter: dynamodbAdapter({ client, tableName: target.identityTable, now })(auth),
    close: () => client.destroy(),
  };
}

/** The options as the function completes them: plugins decide the schema. What it needs beside that is stood in for, and never used. */
async function configured(options: AuthOptions, now: () => Date): Promise<BetterAuthOptions> {
  const environment = readEnvironment(standIns());
  const resolved = await resolveProviders(options, async () => randomBytes(24).toString('hex'), environment.stage);
  const auth = createAuth({
    environment,
    clients: createClients(),
    keySet: await createKeySet(environment.signingKeys),
    secrets: secretRing([{ version: 1, value: randomBytes(48).toString('hex'), created: new Date(0) }], now(), 0),
    options: resolved,
    origins: originSource({ ...environment, configured: [], trustedOrigins: [], now }).fixed,
    optionalPlugins: [],
    now,
  });
  return (await auth.$context).options;
}

function standIns(): Record<string, string> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  return {
    [variable.baseUrl]: 'https://stand-in.invalid',
    [variable.stage]: 'dev',
    [variable.identityTable]: 'stand-in',
    [variable.rateLimitTable]: 'stand-in',
    [variable.secretArn]: 'stand-in',
    [variable.mailQueueUrl]: 'https://stand-in.invalid/queue',
    [variable.signingKeys]: JSON.stringify([
      { id: 'stand-in', algorithm: 'ES256', state: 'active', keyArn: 'stand-in', publicKey: key },
    ]),
  };
}
