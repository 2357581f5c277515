import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AwsWithClients, startWithClients } from './clients.ts';

let aws: AwsWithClients;
let clock = Date.UTC(2026, 0, 1);
beforeAll(async () => {
  aws = await startWithClients({ now: () => clock });
});
afterAll(() => aws.stop());

let names = 0;
async function createQueue(Attributes?: Record<string, string>): Promise<string> {
  return (await aws.sqs.send(new CreateQueueCommand({ QueueName: `queue-${++names}`, Attributes }))).QueueUrl!;
}
const sendMessage = (QueueUrl: string, MessageBody: string) =>
  aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
async function receive(QueueUrl: string, input: Partial<ReceiveMessageCommandInput> = {}) {
  return (await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, ...input }))).Messages ?? [];
}
async function attributes(QueueUrl: string) {
  return (await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes!;
}

test('what is sent is received, with the digest that the SDK checks, and deleted', async () => {
  const queue = await createQueue();
  // The SDK itself compares MD5OfMessageBody with what it sent and received, and throws.
  const sent = await sendMessage(queue, 'grüße');
  const [message] = await receive(queue, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'grüße',
    Attributes: { ApproximateReceiveCount: '1' },
  });
  await aws.sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: message!.ReceiptHandle }));
  clock += 31_000;
  expect(await receive(queue)).toEqual([]);
});

test('a received message is hidden for the visibility timeout', async () => {
  const queue = await createQueue({ VisibilityTimeout: '10' });
  await sendMessage(queue, 'x');
  expect(await receive(queue)).toHaveLength(1);
  clock += 9_999;
  expect(await receive(queue)).toHaveLength(0);
  expect(await attributes(queue)).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '1',
  });
  clock += 1;
  expect(await receive(queue)).toHaveLength(1);
});

test('a message that was received too often goes to the dead letters', async () => {
  const dead = await createQueue();
  const { QueueArn } = await attributes(dead);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 2 });
  const queue = await createQueue({ VisibilityTimeout: '1', RedrivePolicy });
  await sendMessage(queue, 'poison');
  for (let round = 0; round < 2; round++) {
    expect(await receive(queue)).toHaveLength(1);
    clock += 1_000;
  }
  expect(await receive(queue)).toEqual([]);
  expect(await receive(dead)).toMatchObject([{ Body: 'poison' }]);
});

test('a delayed message is not there before its time, an old one not after', async () => {
  const queue = await createQueue({ DelaySeconds: '5', MessageRetentionPeriod: '60' });
  await sendMessage(queue, 'x');
  expect(await receive(queue)).toEqual([]);
  clock += 5_000;
  expect(await receive(queue, { VisibilityTimeout: 0 })).toHaveLength(1);
  clock += 55_000;
  expect(await receive(queue)).toEqual([]);
});

test('a long poll answers when a message arrives', async () => {
  const queue = await createQueue();
  const polled = receive(queue, { WaitTimeSeconds: 20 });
  await sendMessage(queue, 'x');
  expect(await polled).toMatchObject([{ Body: 'x' }]);
});

test('at most as many messages as asked for, each to one receiver', async () => {
  const queue = await createQueue();
  for (let index = 0; index < 12; index++) await sendMessage(queue, `message ${index}`);
  const [first, second] = [
    await receive(queue, { MaxNumberOfMessages: 10 }),
    await receive(queue, { MaxNumberOfMessages: 10 }),
  ];
  expect([first.length, second.length]).toEqual([10, 2]);
  expect(new Set([...first, ...second].map(({ Body }) => Body)).size).toBe(12);
});

test('creating a queue again answers the same one; its URL can be asked for', async () => {
  const url = await createQueue();
  const QueueName = `queue-${names}`;
  expect((await aws.sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl).toBe(url);
  expect((await aws.sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl).toBe(url);
  const other = new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: '1' } });
  await expect(aws.sqs.send(other)).rejects.toMatchObject({ name: 'QueueNameExists' });
});

describe('refused, as SQS refuses', () => {
  test('a queue that does not exist', async () => {
    const url = (await createQueue()).replace(/[^/]+$/, 'none');
    for (const refused of [
      sendMessage(url, 'x'),
      receive(url),
      aws.sqs.send(new GetQueueUrlCommand({ QueueName: 'none' })),
    ]) {
      await expect(refused).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    }
  });

  test('a message that is empty or too large', async () => {
    const queue = await createQueue({ MaximumMessageSize: '1024' });
    await expect(sendMessage(queue, '')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(sendMessage(queue, 'ü'.repeat(513))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(sendMessage(queue, 'ü'.repeat(512))).resolves.toBeDefined();
  });

  test('a receipt handle of another queue', async () => {
    const [one, other] = [await createQueue(), await createQueue()];
    await sendMessage(one, 'x');
    const [message] = await receive(one);
    const command = new DeleteMessageCommand({ QueueUrl: other, ReceiptHandle: message!.ReceiptHandle });
    await expect(aws.sqs.send(command)).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  });

  test.each([
    [{ NoSuchAttribute: '1' }, 'InvalidAttributeName'],
    [{ VisibilityTimeout: 'soon' }, 'InvalidAttributeValue'],
    [{ RedrivePolicy: 'not json' }, 'InvalidParameterValue'],
    [{ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: 'none', maxReceiveCount: 1 }) }, 'InvalidParameterValue'],
  ])('attributes %j', async (given, name) => {
    await expect(createQueue(given as Record<string, string>)).rejects.toMatchObject({ name });
  });

  test('eleven messages at once, an operation that is not served', async () => {
    const queue = await createQueue();
    await expect(receive(queue, { MaxNumberOfMessages: 11 })).rejects.toMatchObject({ name: 'ValidationException' });
    const purge = aws.sqs.send(new PurgeQueueCommand({ QueueUrl: queue }));
    await expect(purge).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});
