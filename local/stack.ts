import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { environment as variable } from '../contract/environment.ts';
import { identityTable } from '../lambda/identity/index.ts';
import { rateLimitTable } from '../lambda/limits/index.ts';
import { bundleFunction } from '../lib/bundle.ts';
import type { SigningKeyConfig } from '../lib/signing-key-config.ts';
import { auditPage } from './audit-page.ts';
import { region } from './aws/protocol.ts';
import { type LocalAws, startAws } from './aws/server.ts';
import type { SentMail } from './aws/ses.ts';
import { type LocalDynamoDb, startDynamoDb } from './dynamodb.ts';
import { type LocalFunction, startFunction } from './function.ts';
import { functionEnvironment, type LocalEndpoints, localCredentials } from './function-environment.ts';
import { type FunctionLog, functionLog } from './function-log.ts';
import { type LocalGateway, startGateway } from './gateway.ts';
import { startQueuePoller } from './queue-poller.ts';
import { createQueue, createSecret, createTable, putSecret } from './resources.ts';
import { localSigningKeys, publishLocalKeys } from './signing-keys.ts';

export interface StackOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** A folder that keeps users, sessions, keys and the secret between runs. @default - in memory */
  readonly data?: string;
  /** Variables that replace or add to those of the functions. @default - none */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Client secrets of social providers: a JSON object, name → secret. @default '{}' */
  readonly providerSecrets?: string;
  /** Read at the start and at each restart of the functions. @default - what the lock file says of stage dev */
  readonly signingKeys?: () => readonly SigningKeyConfig[];
  /** Called with each readable line of the functions' logs, and of failures behind the gateway. @default - standard error */
  readonly print?: (line: string) => void;
}

export interface LocalStack {
  /** `http://localhost:PORT`: base URL and issuer. */
  readonly url: string;
  /** Newest first. */
  mail(): readonly SentMail[];
  /** Newest first. */
  audit(): readonly Record<string, unknown>[];
  /** Of KMS, Secrets Manager, SQS and SES. */
  readonly awsEndpoint: string;
  readonly dynamodbEndpoint: string;
  /** What the functions are configured with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Bundles the functions and publishes the signing keys anew; when that fails the old code keeps serving, and the error is thrown. */
  restartFunctions(): Promise<void>;
  /** Ends every part, in order. */
  stop(): Promise<void>;
}

const stage = 'dev';

/** Names of what CloudFormation names in AWS. */
const resources = {
  identityTable: 'gatehouse-identity',
  rateLimitTable: 'gatehouse-rate-limit',
  authSecret: 'gatehouse/auth-secret',
  auditLogGroup: 'gatehouse-audit',
} as const;

/** The stack of `lib/gatehouse.ts` on this machine: the same functions, with stand-ins for the services. */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { print = (line) => console.error(line), signingKeys = () => localSigningKeys(stage) } = options;
  const onError = (error: unknown) => print(error instanceof Error ? error.message : String(error));
  let endpoints: { aws: LocalAws; dynamodb: LocalDynamoDb } | undefined;
  const log = functionLog(print, (entry) => endpoints?.aws.onLogLine(entry));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    // The gateway first, so that nothing new comes in; then the parts in reverse, each before what it needs.
    const [gateway, ...parts] = stops.splice(0);
    for (const end of [gateway, ...parts.reverse()]) await end?.();
  };
  const started = <T extends { stop(): Promise<void> }>(part: T): T => {
    stops.push(() => part.stop());
    return part;
  };

  try {
    // The port is the likeliest thing to fail, and the functions need to know it.
    let auth: LocalFunction | undefined;
    const gateway = started(
      await startGateway({
        port: options.port,
        stage,
        onError,
        invoke: async (event) => (auth ? auth.invoke(event) : notReady),
        pages: {
          '/': () => index(url, endpoints),
          '/local/mail': () => endpoints?.aws.mail() ?? [],
          '/local/audit': () => log.audit(),
          '/local/audit.json': () => log.audit(),
        },
        htmlPages: { '/local/audit': auditPage(log.audit) },
      }),
    );
    const url = baseUrl(gateway);

    endpoints = await startServices(options.data, log, started);
    const at: LocalEndpoints = { aws: endpoints.aws.endpoint, dynamodb: endpoints.dynamodb.endpoint };
    const { environment, queue, sqs, kms } = await createResources(url, at, options.providerSecrets);
    const withKeys = async () => ({
      ...environment,
      [variable.signingKeys]: JSON.stringify(await publishLocalKeys(kms, signingKeys())),
      ...options.overrides,
    });
    let configured: Record<string, string> = await withKeys();
    const variables = (name: 'auth' | 'mailer', own = configured) => ({ ...functionEnvironment(name, at), ...own });

    const start = async (name: 'auth' | 'mailer') =>
      started(
        await startFunction({
          name,
          bundle: (folder) => bundleFunction(name, folder),
          environment: variables(name),
          onLine: log.onLine(name),
        }),
      );
    // One loads while the other is bundled.
    const [authFunction, mailer] = await settled([start('auth'), start('mailer')]);
    auth = authFunction;
    const { url: queueUrl, arn: queueArn } = queue;
    started(
      startQueuePoller({ client: sqs, queueUrl, queueArn, region, onError, invoke: (event) => mailer.invoke(event) }),
    );

    return {
      url,
      mail: endpoints.aws.mail,
      audit: log.audit,
      awsEndpoint: at.aws,
      dynamodbEndpoint: at.dynamodb,
      get environment() {
        return configured;
      },
      restartFunctions: async () => {
        const next = await withKeys();
        await authFunction.reload(variables('auth', next));
        configured = next;
        await mailer.reload(variables('mailer'));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All of them; when one fails its error, but not before the others are there to be stopped. */
async function settled<T extends unknown[]>(parts: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(parts);
  return Promise.all(parts) as Promise<T>;
}

const baseUrl = ({ port }: LocalGateway) => `http://localhost:${port}`;

const notReady = {
  statusCode: 503,
  headers: { 'retry-after': '1' },
  body: '{"code":"STARTING","message":"not ready yet"}',
};

/** Where everything is, for the person who opens the root. */
const index = (url: string, endpoints: { aws: LocalAws; dynamodb: LocalDynamoDb } | undefined) => ({
  auth: `${url}/api/auth`,
  jwks: `${url}/.well-known/jwks.json`,
  discovery: `${url}/.well-known/openid-configuration`,
  health: `${url}/health`,
  mail: `${url}/local/mail`,
  audit: `${url}/local/audit`,
  aws: endpoints?.aws.endpoint,
  dynamodb: endpoints?.dynamodb.endpoint,
  resources,
});

async function startServices(
  data: string | undefined,
  log: FunctionLog,
  started: <T extends { stop(): Promise<void> }>(part: T) => T,
) {
  if (data) mkdirSync(data, { recursive: true, mode: 0o700 });
  const auditLog = { name: resources.auditLogGroup, events: log.audit, write: log.onLine('operators') };
  const aws = started(await startAws({ auditLog, ...(data && { stateFile: join(data, 'aws.json') }) }));
  const dynamodb = started(await startDynamoDb(data ? { file: join(data, 'dynamodb.sqlite') } : {}));
  return { aws, dynamodb };
}

/** Tables, secret and queue, and the environment that names them to the functions. */
async function createResources(url: string, { aws, dynamodb }: LocalEndpoints, providerSecrets = '{}') {
  const at = (endpoint: string) => ({ endpoint, region, credentials: localCredentials });
  const dynamodbClient = new DynamoDBClient(at(dynamodb));
  const kms = new KMSClient(at(aws));
  const sqs = new SQSClient(at(aws));

  await createTable(dynamodbClient, identityTable(resources.identityTable));
  await createTable(dynamodbClient, rateLimitTable(resources.rateLimitTable));
  const secrets = new SecretsManagerClient(at(aws));
  const secretArn = await createSecret(secrets, resources.authSecret);
  const providerSecretsArn = await putSecret(secrets, 'gatehouse/provider-secrets', providerSecrets);
  const queue = await createQueue(sqs, 'gatehouse-mail');

  const environment: Record<string, string> = {
    [variable.baseUrl]: url,
    [variable.stage]: stage,
    [variable.identityTable]: resources.identityTable,
    [variable.rateLimitTable]: resources.rateLimitTable,
    [variable.secretArn]: secretArn,
    [variable.providerSecretsArn]: providerSecretsArn,
    [variable.mailQueueUrl]: queue.url,
    [variable.trustedOrigins]: '[]',
    [variable.adminNetworks]: '["127.0.0.0/8","::1/128"]',
    [variable.mailFrom]: 'Gatehouse <no-reply@gatehouse.localhost>',
    [variable.productName]: 'Gatehouse',
    POWERTOOLS_SERVICE_NAME: 'gatehouse-local',
  };
  return { environment, queue, sqs, kms };
}
