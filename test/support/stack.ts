import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { environment as names } from '../../contract/environment.ts';
import type { MailMessage } from '../../contract/mail.ts';
import { createApplication } from '../../lambda/auth/application.ts';
import type { AuthOptions } from '../../lambda/auth/auth-options.ts';
import type { Clients } from '../../lambda/auth/clients.ts';
import { readEnvironment } from '../../lambda/auth/environment.ts';
import { identityTable } from '../../lambda/identity/index.ts';
import { rateLimitTable } from '../../lambda/limits/index.ts';
import { scryptHasher } from '../../lambda/policy/passwords/scrypt-hasher.ts';
import { publishKeys } from '../../lambda/tokens/publish-keys.ts';
import { startAws } from '../../local/aws/server.ts';
import { startDynamoDb } from '../../local/dynamodb.ts';
import { cheapCost } from './cheap-passwords.ts';
import { type EventInput, proxyEvent } from './event.ts';
import { awsConfig } from './tables.ts';

export const baseUrl = 'https://auth.example.com/prod';
export const origin = 'https://auth.example.com';
export const trustedOrigin = 'https://app.example.com';
/** Where browsers are when they administrate. */
export const adminNetwork = '192.0.2.0/24';

export type Stack = Awaited<ReturnType<typeof startStack>>;

/** The auth function's request path over real stand-ins, in this process. */
export async function startStack() {
  const [dynamodb, aws] = await Promise.all([startDynamoDb(), startAws()]);
  const clients = {
    dynamodb: new DynamoDBClient({ ...awsConfig(dynamodb.endpoint), maxAttempts: 1 }),
    kms: new KMSClient({ ...awsConfig(aws.endpoint), maxAttempts: 1 }),
    secretsManager: new SecretsManagerClient({ ...awsConfig(aws.endpoint), maxAttempts: 1 }),
    sqs: new SQSClient({ ...awsConfig(aws.endpoint), maxAttempts: 1 }),
    cloudwatch: new CloudWatchClient({ ...awsConfig(aws.endpoint), maxAttempts: 1 }),
  };
  await clients.dynamodb.send(new CreateTableCommand(identityTable('identity')));
  await clients.dynamodb.send(new CreateTableCommand(rateLimitTable('limits')));
  const key = await clients.kms.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
  const secret = await clients.secretsManager.send(
    new CreateSecretCommand({ Name: 'auth', SecretString: 'canary-secret-0123456789-0123456789-0123456789' }),
  );
  const queue = await clients.sqs.send(new CreateQueueCommand({ QueueName: 'mail' }));
  const variables: Record<string, string> = {
    GATEHOUSE_BASE_URL: baseUrl,
    GATEHOUSE_STAGE: 'prod',
    GATEHOUSE_IDENTITY_TABLE: 'identity',
    GATEHOUSE_RATE_LIMIT_TABLE: 'limits',
    GATEHOUSE_SECRET_ARN: secret.ARN!,
    GATEHOUSE_SIGNING_KEYS: JSON.stringify(
      await publishKeys(clients.kms, [
        { id: '2026-11', algorithm: 'ES256', state: 'active', keyArn: key.KeyMetadata!.Arn! },
      ]),
    ),
    GATEHOUSE_MAIL_QUEUE_URL: queue.QueueUrl!,
    GATEHOUSE_TRUSTED_ORIGINS: JSON.stringify([trustedOrigin]),
    GATEHOUSE_ADMIN_NETWORKS: JSON.stringify([adminNetwork]),
  };

  /** What the queue holds, oldest first; reading takes it out. */
  async function queued(): Promise<MailMessage[]> {
    const received: MailMessage[] = [];
    for (;;) {
      const { Messages = [] } = await clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queue.QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return received;
      for (const { Body, ReceiptHandle } of Messages) {
        received.push(JSON.parse(Body!) as MailMessage);
        await clients.sqs.send(new DeleteMessageCommand({ QueueUrl: queue.QueueUrl, ReceiptHandle }));
      }
    }
  }

  /** A container of the function; `with…` replace parts of it. */
  async function start(
    overrides: { clients?: Partial<Clients>; options?: AuthOptions; variables?: object; now?: () => Date } = {},
  ) {
    const application = await createApplication({
      environment: readEnvironment({ ...variables, ...overrides.variables }),
      clients: { ...clients, ...overrides.clients },
      options: hashedCheaply(overrides.options ?? { appName: 'Test' }, overrides.variables),
      now: overrides.now,
    });
    return new Browser(application);
  }

  return {
    clients,
    variables,
    keyArn: key.KeyMetadata!.Arn!,
    dynamodbEndpoint: dynamodb.endpoint,
    awsEndpoint: aws.endpoint,
    /** Waiting in the queue. */
    queued,
    /** The same without what the mailer drops. */
    mails: async () => (await queued()).filter(({ discard }) => !discard),
    /** A line of the function's log that is a metric. */
    onLogLine: aws.onLogLine,
    /** Handed to SES. */
    sentMail: () => aws.mail(),
    start,
    async stop() {
      for (const client of Object.values(clients)) client.destroy();
      await Promise.all([dynamodb.stop(), aws.stop()]);
    },
  };
}

/** Hashes of the default cost are most of the time that a test takes; where they are its point, it names the cost. */
function hashedCheaply(options: AuthOptions, variables: object = {}): AuthOptions {
  const { cost, hasher } = options.passwords ?? {};
  if (cost || hasher || names.pepperSecretArn in variables) return options;
  return { ...options, passwords: { ...options.passwords, hasher: scryptHasher(cheapCost) } };
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of any shape
  readonly json: any;
  readonly headers: Headers;
  readonly cookies: string[];
  readonly raw: APIGatewayProxyResult;
}

let browsers = 0;

/** A clock that stands still, so that no window of a limit ends in the middle of a test. */
export function frozenClock(): () => Date {
  const now = new Date();
  return () => now;
}

/** Sends events as a browser would: keeps cookies, and sends the origin with what changes state. */
export class Browser {
  readonly jar = new Map<string, string>();
  /** Sources are limited; each browser is one of its own. */
  readonly sourceIp = `198.51.${++browsers >> 8}.${browsers & 255}`;
  /** Used for admin endpoints, which are open to the admin network only. */
  readonly officeIp = `192.0.2.${browsers & 255}`;

  constructor(readonly application: (event: unknown) => Promise<APIGatewayProxyResult>) {}

  /** Another device, at the same container. */
  another(): Browser {
    return new Browser(this.application);
  }

  async send(input: EventInput): Promise<Answer> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(input.method === 'POST' && { Origin: origin }), ...(cookie && { Cookie: cookie }) };
    const sourceIp = input.path.includes('/admin/') ? this.officeIp : this.sourceIp;
    const raw = await this.application(proxyEvent({ sourceIp, ...input, headers: { ...headers, ...input.headers } }));
    const answer = toAnswer(raw);
    for (const line of answer.cookies) this.#keep(line);
    return answer;
  }

  get(path: string, headers: EventInput['headers'] = {}): Promise<Answer> {
    const url = new URL(path, 'https://path.invalid');
    const query: Record<string, string[]> = {};
    for (const name of url.searchParams.keys()) query[name] = url.searchParams.getAll(name);
    return this.send({ path: url.pathname, query, headers });
  }

  post(path: string, body: object = {}, headers: EventInput['headers'] = {}): Promise<Answer> {
    return this.send({ method: 'POST', path, body, headers });
  }

  #keep(line: string): void {
    const [pair, ...attributes] = line.split('; ');
    const [name, value] = pair!.split(/=(.*)/s) as [string, string];
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.jar.delete(name);
    else this.jar.set(name, value);
  }
}

export function toAnswer(raw: APIGatewayProxyResult): Answer {
  const headers = new Headers();
  for (const [name, values] of Object.entries(raw.multiValueHeaders ?? {})) {
    for (const value of values) headers.append(name, String(value));
  }
  let json: unknown;
  try {
    json = JSON.parse(raw.body);
  } catch {
    json = undefined;
  }
  return { status: raw.statusCode, json, headers, cookies: headers.getSetCookie(), raw };
}

export const password = 'correct horse battery staple';

/** The path below the base URL of the link in a mail. */
export const pathOf = (url: string | undefined): string => url!.slice(baseUrl.length);

/** Signs up, follows the mailed link and signs in. */
export async function signedIn(stack: Stack, browser: Browser, email: string): Promise<Answer> {
  await browser.post('/api/auth/sign-up/email', { name: 'Ada', email, password });
  const mail = (await stack.mails()).find(({ to, kind }) => to === email && kind === 'verify-email');
  await browser.get(pathOf(mail?.url));
  return browser.post('/api/auth/sign-in/email', { email, password });
}
