import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createAuthEndpoint } from 'better-auth/api';
import type { Application } from '../../../lambda/auth/application.ts';
import type { AuthOptions } from '../../../lambda/auth/auth-options.ts';
import { administrator } from '../../support/accounts.ts';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { startProviders } from '../../support/social.ts';
import { Browser, frozenClock, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';
import { startFaultyKms } from '../tokens/faulty-kms.ts';

/** Nothing listens there: port 9 is the discard service. */
const unreachable = awsConfig('http://127.0.0.1:9');

export const pepperSecret = 'canary-pepper-0123456789-0123456789-0123';

/** All that a scenario needs: the function over real stand-ins, with everything turned on that has events of its own. */
/** @param watch wraps every container of the function */
export async function startWorld(watch: (application: Application) => Application = (same) => same) {
  const stack = await startStack();
  const [providers, kms] = await Promise.all([startProviders(stack), startFaultyKms(stack.awsEndpoint)]);
  const pepper = await stack.clients.secretsManager.send(
    new CreateSecretCommand({ Name: 'pepper', SecretString: JSON.stringify({ 1: pepperSecret }) }),
  );
  const options: AuthOptions = { user: { deleteUser: { enabled: true } } };
  const { variables } = withCheapPasswords();
  const start = async (more: Partial<Parameters<Stack['start']>[0]> = {}, own: AuthOptions = {}) => {
    const cheap = withCheapPasswords({}, { ...options, ...own }).options;
    const { application } = await stack.start({
      variables: { ...variables, ...providers.variables, GATEHOUSE_PEPPER_SECRET_ARN: pepper.ARN },
      now: frozenClock(),
      options: { ...providers.options(), ...cheap },
      ...more,
    });
    return new Browser(watch(application));
  };
  const container = await start({ clients: { kms: kms.client } });
  const admin = container.another();
  await administrator(stack, admin, 'admin@example.com');
  let members = 0;

  return {
    stack,
    providers,
    kms,
    container,
    start,
    admin,
    /** Signs up and in. @returns the device, and who it is */
    async member(device = container.another()): Promise<{ browser: Browser; email: string; id: string }> {
      const email = `member-${++members}@example.com`;
      const { json } = await signedIn(stack, device, email);
      return { browser: device, email, id: json.user.id };
    },
    binding: () => start({}, { sessions: { bindToNetwork: true } }),
    noStore: () => start({ clients: { dynamodb: new DynamoDBClient({ ...unreachable, maxAttempts: 1 }) } }),
    noQueue: () => start({ clients: { sqs: new SQSClient({ ...unreachable, maxAttempts: 1 }) } }),
    noDetection: () => start({ clients: { dynamodb: withoutDetection(stack) } }),
    noBreachCheck: () => {
      const passwords = { breachCheck: { endpoint: 'http://127.0.0.1:9', onUnavailable: 'allow' as const } };
      return start({ options: withCheapPasswords(passwords).options });
    },
    crashing: () =>
      start(
        {},
        { plugins: [{ id: 'crash', endpoints: { crash: createAuthEndpoint('/crash', { method: 'POST' }, crash) } }] },
      ),
    async stop() {
      await Promise.all([providers.stop(), kms.stop()]);
      await stack.stop();
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** A client that cannot reach what detection remembers of the places of users. */
function withoutDetection({ dynamodbEndpoint }: Stack): DynamoDBClient {
  const client = new DynamoDBClient({ ...awsConfig(dynamodbEndpoint), maxAttempts: 1 });
  client.middlewareStack.add(
    (next) => async (args) => {
      if (JSON.stringify(args.input).includes('"places:')) throw new Error('canary-injected');
      return next(args);
    },
    { step: 'initialize', priority: 'low' },
  );
  return client;
}

async function crash(): Promise<never> {
  throw new Error('canary-crash-message');
}

/** Stands where CloudFormation takes the answers of custom resources. */
export async function startCloudFormation() {
  let physicalId = '';
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    physicalId = (JSON.parse(body) as { PhysicalResourceId: string }).PhysicalResourceId;
    response.writeHead(200).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** Of the resource, as last told. */
    physicalId: () => physicalId,
    stop: () => new Promise<void>((done) => server.close(() => done())),
  };
}
