import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environment as variable } from '../../contract/environment.ts';
import type { PublishedKey } from '../../contract/signing.ts';
import { startGateway } from '../../local/gateway.ts';
import { localSigningKeys } from '../../local/signing-keys.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { descendants, eventually, isAlive } from './processes.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const printed: string[] = [];
const print = (line: string): void => {
  printed.push(line);
};

describe('a stack', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startStack({ port: 0, print, overrides: { [variable.productName]: 'Acme' } });
  });
  afterAll(() => stack.stop());

  const signUp = (email: string) =>
    fetch(`${stack.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: stack.url },
      body: JSON.stringify({ name: 'Ada', email, password: 'a long enough password' }),
    });

  test('configures the functions as the constructs do', async () => {
    expect(stack.environment).toMatchObject({ [variable.baseUrl]: stack.url, [variable.stage]: 'dev' });
    const keys = JSON.parse(stack.environment[variable.signingKeys]!) as PublishedKey[];
    expect(keys.map(({ id, algorithm, state }) => ({ id, algorithm, state }))).toEqual(localSigningKeys('dev'));
  });

  test('has made the tables and the queue, with its dead letters', async () => {
    const dynamodb = new DynamoDBClient({ endpoint: stack.dynamodbEndpoint, region: 'us-east-1', credentials });
    for (const name of [variable.identityTable, variable.rateLimitTable]) {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: stack.environment[name] }));
      expect(Table?.TableStatus).toBe('ACTIVE');
    }
    const sqs = new SQSClient({ endpoint: stack.awsEndpoint, region: 'us-east-1', credentials });
    const command = new GetQueueAttributesCommand({
      QueueUrl: stack.environment[variable.mailQueueUrl],
      AttributeNames: ['RedrivePolicy'],
    });
    expect((await sqs.send(command)).Attributes?.RedrivePolicy).toContain('gatehouse-mail-dead');
  });

  test('carries a request to the auth function, its mail to the mailer, its audit event to the page', async () => {
    expect((await signUp('ada@example.com')).status).toBe(200);
    await eventually(() => stack.mail().length === 1 && stack.audit().length === 1);
    expect(stack.mail()[0]).toMatchObject({
      to: ['ada@example.com'],
      subject: expect.stringContaining('Acme'),
      link: expect.stringContaining(`${stack.url}/api/auth/verify-email?token=`),
    });
    expect(stack.audit()[0]).toMatchObject({
      event: 'sign_up',
      src_endpoint: { ip: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) },
    });
    expect(printed.join('\n')).not.toContain('ada@example.com');
  });

  test('keeps its data when the functions are restarted', async () => {
    await stack.restartFunctions();
    expect((await signUp('ada@example.com')).status).toBe(200);
    await eventually(() => stack.mail().length === 2);
    // A known address gets another mail than a new one.
    expect(stack.mail()[0]).not.toHaveProperty('link');
  });
});

test('a stack whose function refuses its settings does not start, says why, and leaves nothing', async () => {
  const before = descendants(process.pid);
  const gateway = await startGateway({ port: 0, stage: 'dev', pages: {}, onError: () => {}, invoke: async () => null });
  const { port } = gateway;
  await gateway.stop();
  const start = startStack({ port, print, overrides: { [variable.stage]: 'production' } });
  await expect(start).rejects.toMatchObject({
    code: 'FUNCTION_INIT_FAILED',
    message: expect.stringContaining(variable.stage),
  });
  const left = descendants(process.pid).filter((pid) => !before.includes(pid));
  // Among them was the command that listed them.
  expect(left.filter(isAlive)).toEqual([]);
  await expect(fetch(`http://localhost:${port}`)).rejects.toThrow();
});
