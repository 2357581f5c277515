import assert from 'node:assert/strict';
import { check } from './checks.ts';
import type { Project } from './project.ts';

/** The parts that need Better Auth or an AWS client, and the types of all parts, in a project that has both. */
export async function checkEntries(project: Project): Promise<void> {
  await check('identity and limits load as CommonJS and as ES modules', async () => {
    const names =
      'const { dynamodbAdapter, identityTable } = identity; const { dynamodbRateLimit, rateLimitTable } = limits;';
    const test = `${names} console.log([dynamodbAdapter, identityTable, dynamodbRateLimit, rateLimitTable].map((f) => typeof f).join());`;
    project.write(
      'entries.cjs',
      `const identity = require('cdk-gatehouse/identity'), limits = require('cdk-gatehouse/limits'); ${test}`,
    );
    project.write(
      'entries.mjs',
      `import * as identity from 'cdk-gatehouse/identity'; import * as limits from 'cdk-gatehouse/limits'; ${test}`,
    );
    for (const file of ['entries.cjs', 'entries.mjs']) {
      assert.equal((await project.node(file)).trim(), 'function,function,function,function', file);
    }
  });

  await check('both kinds of consumer type-check', async () => {
    for (const name of ['consumer.mts', 'consumer.cts']) project.write(name, consumer);
    await project.compile({ noEmit: true }, { files: ['consumer.mts', 'consumer.cts'] });
  });
}

const consumer = `import { Gatehouse, type GatehouseProps } from 'cdk-gatehouse';
import type { AuthOptions } from 'cdk-gatehouse/auth-options';
import { dynamodbAdapter } from 'cdk-gatehouse/identity';
import { dynamodbRateLimit } from 'cdk-gatehouse/limits';
import { createTokenManager } from 'cdk-gatehouse/client';
import { createVerifier, type VerifiedClaims } from 'cdk-gatehouse/verify';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
export const props: GatehouseProps = { stage: 'prod', mailFrom: 'no-reply@example.com' };
// @ts-expect-error: there is no such stage
export const wrong: GatehouseProps = { stage: 'staging', mailFrom: 'no-reply@example.com' };
export const options: AuthOptions = { appName: 'Mine' };
// @ts-expect-error: storage is not a fork's to set
export const stolen: AuthOptions = { database: {} };
export const adapter = (client: DynamoDBClient) => dynamodbAdapter({ client, tableName: 'identity' });
export const limit = (client: DynamoDBClient) => dynamodbRateLimit({ client, tableName: 'limits' });
const audience = 'https://api.example.com', issuer = 'https://auth.example.com';
export const claims = (token: string): Promise<VerifiedClaims> => createVerifier({ issuer, audience }).verify(token);
// @ts-expect-error: nobody verifies with a shared secret
export const confused = () => createVerifier({ issuer, audience, algorithms: ['HS256'] });
export const token: () => Promise<string | null> = createTokenManager({ baseURL: issuer }).getToken;
export const construct: typeof Gatehouse = Gatehouse;
`;
