import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { type QueuePoller, startQueuePoller } from '../../local/queue-poller.ts';
import { type AwsWithClients, startWithClients } from './aws/clients.ts';
import { eventually } from './processes.ts';

let aws: AwsWithClients;
let clock = Date.UTC(2026, 0, 1);
let queueUrl: string;
let poller: QueuePoller;
let events: SQSEvent[];
let errors: unknown[];
let answer: (event: SQSEvent) => unknown;

beforeEach(async () => {
  [events, errors] = [[], []];
  answer = () => ({ batchItemFailures: [] });
  aws = await startWithClients({ now: () => clock });
  queueUrl = (await aws.sqs.send(new CreateQueueCommand({ QueueName: 'mail' }))).QueueUrl!;
  poller = startQueuePoller({
    client: aws.sqs,
    queueUrl,
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:mail',
    region: 'us-east-1',
    onError: (error) => errors.push(error),
    invoke: async (event) => {
      events.push(event);
      return answer(event);
    },
  });
});
afterEach(async () => {
  await poller.stop();
  await aws.stop();
});

const send = (MessageBody: string) => aws.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
async function left(): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
}

test('a message comes as an SQS event, and is deleted when the function took it', async () => {
  await send('hello');
  await eventually(async () => events.length === 1 && (await left()) === 0);
  expect(events[0]?.Records).toMatchObject([
    {
      body: 'hello',
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      attributes: { ApproximateReceiveCount: '1' },
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:mail',
    },
  ]);
});

test.each([
  [
    'reports as failed',
    (event: SQSEvent) => ({ batchItemFailures: [{ itemIdentifier: event.Records[0]!.messageId }] }),
  ],
  ['reports under a wrong name', () => ({ batchItemFailures: [{ itemIdentifier: 'none' }] })],
  ['reports under no name', () => ({ batchItemFailures: [{}] })],
  ['answers with text', () => 'done'],
  [
    'throws',
    () => {
      throw new Error('down');
    },
  ],
])('a message that the function %s comes again after the visibility timeout', async (_, failing) => {
  answer = failing;
  await send('hello');
  await eventually(() => errors.length === 1);
  expect(await left()).toBe(1);
  answer = () => undefined;
  clock += 31_000;
  await eventually(async () => events.length === 2 && (await left()) === 0);
});
