import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RuntimeStack, startRuntimeStack } from './runtime-stack.ts';

let stack: RuntimeStack;
beforeAll(async () => {
  stack = await startRuntimeStack();
});
afterAll(() => stack.stop());

test('the mailer loads in the Lambda runtime, sends what is queued, and returns only what failed', async () => {
  const mailer = await stack.container('mailer');
  const record = (messageId: string, mail: object) => ({ messageId, body: JSON.stringify(mail) });
  const good = { kind: 'verify-email', to: 'runtime@example.com', url: 'https://auth.example.com/verify' };
  const event = { Records: [record('good', good), record('bad', { kind: 'spam', to: 'runtime@example.com' })] };
  expect(await mailer.invoke(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
  expect(stack.sentMail()).toMatchObject([{ to: ['runtime@example.com'] }]);
});

test('the key publisher loads in the Lambda runtime and answers CloudFormation with the public keys', async () => {
  const answers: unknown[] = [];
  const server = createServer(async (request, response) => {
    answers.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const publisher = await stack.container('key-publisher');
    await publisher.invoke({
      RequestType: 'Create',
      ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'PublishedKeys',
      ResourceProperties: { Keys: [{ id: '2026-11', algorithm: 'ES256', state: 'active', keyArn: stack.keyArn }] },
    });
  } finally {
    server.close();
  }
  const PublishedKeys = stack.variables.GATEHOUSE_SIGNING_KEYS;
  expect(answers).toMatchObject([{ Status: 'SUCCESS', Data: { PublishedKeys } }]);
});
