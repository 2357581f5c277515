import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { captureLogs } from '../../test/support/capture-logs.ts';
import { type Answer, frozenClock, password, pathOf, type Stack, startStack } from '../../test/support/stack.ts';
import { awsConfig } from '../../test/support/tables.ts';
import { countTrips } from '../../test/support/trips.ts';
import { countUnits } from './units.ts';

/** What one request of a flow uses. */
export interface Usage {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly signatures: number;
  readonly mails: number;
  /** Bytes that the function logs, numbers counted as five digits so that times do not show. */
  readonly logBytes: number;
}

export interface Measured {
  readonly flows: Readonly<Record<string, Usage>>;
  /** Bytes of the rows of one user with one session. */
  readonly bytesPerUser: number;
}

/** Sends one request of every flow through the real function over the local DynamoDB and KMS. */
export async function measureFlows(): Promise<Measured> {
  const stack = await startStack();
  try {
    return await measure(stack);
  } finally {
    await stack.stop();
  }
}

async function measure(stack: Stack): Promise<Measured> {
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  const kms = new KMSClient({ ...awsConfig(stack.awsEndpoint), maxAttempts: 1 });
  const units = countUnits(dynamodb);
  const signing = countTrips(kms);
  const browser = await stack.start({ clients: { dynamodb, kms }, now: frozenClock() });
  const flows: Record<string, Usage> = {};
  let mail: string | undefined;

  async function flow(name: string, run: () => Promise<Answer>): Promise<void> {
    let used = { readUnits: 0, writeUnits: 0 };
    let signatures = 0;
    const log = await captureLogs(async () => {
      used = await units.during(async () => {
        signatures = (await signing.during(async () => requireSuccess(name, await run()))).total;
      });
    });
    const mails = await stack.mails();
    mail = mails.at(-1)?.url;
    const logBytes = Buffer.byteLength(log.replaceAll(/(?<=":)\d+(\.\d+)?/g, '00000'));
    flows[name] = { ...used, signatures, mails: mails.length, logBytes };
  }

  const email = 'ada@example.com';
  await flow('sign-up', () => browser.post('/api/auth/sign-up/email', { name: 'Ada', email, password }));
  await flow('verify-email', () => browser.get(pathOf(mail)));
  await flow('sign-in', () => browser.post('/api/auth/sign-in/email', { email, password }));
  const bytesPerUser = await tableBytes(dynamodb);
  await flow('get-session', () => browser.get('/api/auth/get-session'));
  await flow('token', () => browser.get('/api/auth/token'));
  await flow('sign-out', () => browser.post('/api/auth/sign-out'));
  await flow('request-password-reset', () => browser.post('/api/auth/request-password-reset', { email }));
  const token = new URL(mail!).pathname.split('/').at(-1);
  await flow('reset-password', () => browser.post('/api/auth/reset-password', { newPassword: `${password}!`, token }));
  dynamodb.destroy();
  kms.destroy();
  return { flows, bytesPerUser };
}

function requireSuccess(flow: string, { status, raw }: Answer): void {
  if (status >= 400) throw new Error(`${flow}: answered ${status} ${raw.body}`);
}

/** Bytes as DynamoDB counts them, about: names, values, and 100 for each item. */
async function tableBytes(client: DynamoDBClient): Promise<number> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'identity' }));
  return Items.reduce((sum, item) => sum + 100 + itemBytes(item), 0);
}

const itemBytes = (item: Record<string, AttributeValue>): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(Object.values(value).join()),
    0,
  );
