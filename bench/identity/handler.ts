import { BatchGetItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { defaultCost } from '../../contract/scrypt-cost.ts';
import { createApplication } from '../../lambda/auth/application.ts';
import { createClients } from '../../lambda/auth/clients.ts';
import { readEnvironment } from '../../lambda/auth/environment.ts';
import { dynamodbAdapter } from '../../lambda/identity/index.ts';
import { scryptHasher } from '../../lambda/policy/passwords/scrypt-hasher.ts';
import { proxyEvent } from '../../test/support/event.ts';
import { password, type Stack } from '../../test/support/stack.ts';
import { countTrips } from '../../test/support/trips.ts';
import { emptyMemory } from './memory.ts';

/**
 * The auth function's request path, with identities in DynamoDB, through the clients that it makes in AWS, or in Better Auth's
 * memory adapter. Answers what asks it for the session of a signed-in user.
 */
export async function sessionReader(stack: Stack, where: 'dynamodb' | 'memory') {
  process.env.AWS_ENDPOINT_URL_DYNAMODB = stack.dynamodbEndpoint;
  const clients = { ...stack.clients, dynamodb: createClients().dynamodb };
  // Before its first request: the client keeps the middleware that it has then.
  const trips = countTrips(clients.dynamodb);
  const store = where === 'memory' ? emptyMemory() : undefined;
  const database = store ? memoryAdapter(store) : dynamodbAdapter({ client: clients.dynamodb, tableName: 'identity' });
  const environment = readEnvironment(stack.variables);
  const application = await createApplication({ environment, clients, database, options: { appName: 'Bench' } });

  const email = `${where}@example.com`;
  const adapter = database({ secret: 'x'.repeat(32), logger: { disabled: true } });
  const now = new Date();
  const times = { createdAt: now, updatedAt: now };
  const { id } = await adapter.create({ model: 'user', data: { name: 'Ada', email, emailVerified: true, ...times } });
  const credential = {
    userId: id,
    providerId: 'credential',
    accountId: id,
    password: await scryptHasher(defaultCost).hash(password),
  };
  await adapter.create({ model: 'account', data: { ...credential, ...times } });

  const send = (input: Parameters<typeof proxyEvent>[0]) => application(proxyEvent(input));
  const headers = { Origin: 'https://auth.example.com' };
  const signedIn = await send({
    method: 'POST',
    path: '/api/auth/sign-in/email',
    body: { email, password },
    headers,
    sourceIp: '198.51.100.7',
  });
  const cookies = (signedIn.multiValueHeaders?.['set-cookie'] ??
    signedIn.multiValueHeaders?.['Set-Cookie'] ??
    []) as string[];
  const Cookie = cookies.map((cookie) => cookie.split(';')[0]).join('; ');
  const read = async () => {
    const answer = await send({ path: '/api/auth/get-session', headers: { Cookie } });
    if (!isSession(answer)) throw new Error(`get-session answered ${answer.statusCode}: ${answer.body}`);
  };
  const bareRead = await bareReader(clients.dynamodb);
  return { client: clients.dynamodb, trips, store, adapter, read, bareRead };
}

/** What a session check asks of DynamoDB at the least: two rows by key, strongly consistent, in one request. */
async function bareReader(client: DynamoDBClient): Promise<() => Promise<unknown>> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'identity', Limit: 2 }));
  const Keys = Items.map(({ pk, sk }) => ({ pk: pk!, sk: sk! }));
  return () => client.send(new BatchGetItemCommand({ RequestItems: { identity: { Keys, ConsistentRead: true } } }));
}

const isSession = ({ statusCode, body }: APIGatewayProxyResult) => statusCode === 200 && body.includes('"session"');
