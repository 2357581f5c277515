import { EventEmitter } from 'node:events';
import { optionalInteger, text, texts } from './input.ts';
import { AwsError, account, type Input, type JsonService } from './protocol.ts';
import { defaultAttributes, type Message, Queue, type QueueAttributes, queueArn } from './sqs-queue.ts';

export interface SqsService extends JsonService {
  /** Ends the long polls. */
  close(): void;
}

/**
 * Amazon SQS: standard queues with visibility timeout, long polling and redrive to a dead-letter queue.
 * Source: Amazon SQS API Reference and "Amazon SQS dead-letter queues".
 *
 * @param endpoint asked at each use: queue URLs begin with it.
 */
export function sqs(endpoint: () => string, now: () => number): SqsService {
  const queues = new Map<string, Queue>();
  const arrivals = new EventEmitter().setMaxListeners(0);
  let closed = false;

  const url = (name: string) => `${endpoint()}/${account}/${name}`;
  const find = (input: Input): Queue => {
    const name = new RegExp(`^https?://[^/]+/${account}/([^/]+)$`).exec(text(input, 'QueueUrl'))?.[1];
    return queues.get(name ?? '') ?? noSuchQueue();
  };

  /** Long polling: an empty answer waits for an arrival, or for a message to become visible again. */
  async function receive(input: Input): Promise<object> {
    const queue = find(input);
    const count = optionalInteger(input, 'MaxNumberOfMessages', { min: 1, max: 10 }) ?? 1;
    const wait =
      optionalInteger(input, 'WaitTimeSeconds', { min: 0, max: 20 }) ??
      Number(queue.attributes.ReceiveMessageWaitTimeSeconds);
    const visibility = optionalInteger(input, 'VisibilityTimeout', { min: 0, max: 43_200 });
    const wanted = [...texts(input, 'AttributeNames'), ...texts(input, 'MessageSystemAttributeNames')];
    const deadline = Date.now() + wait * 1_000;
    let messages = queue.receive(count, now(), visibility);
    while (messages.length === 0 && Date.now() < deadline && !closed) {
      await arrivalWithin(Math.min(deadline - Date.now(), 500));
      messages = closed ? [] : queue.receive(count, now(), visibility);
    }
    return messages.length ? { Messages: messages.map((message) => received(message, wanted)) } : {};
  }

  const arrivalWithin = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        arrivals.off('arrival', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      arrivals.once('arrival', done);
    });

  return {
    targetPrefix: 'AmazonSQS',
    contentType: 'application/x-amz-json-1.0',
    close() {
      closed = true;
      arrivals.emit('arrival');
    },
    operations: {
      CreateQueue(input) {
        const name = text(input, 'QueueName', { pattern: /^[A-Za-z0-9_-]{1,80}$/ });
        const attributes = queueAttributes(input);
        const existing = queues.get(name);
        if (existing && JSON.stringify(existing.attributes) !== JSON.stringify(attributes)) {
          throw new AwsError(
            'QueueNameExists',
            'A queue already exists with the same name and a different value for attributes.',
            {
              queryCode: 'QueueAlreadyExists',
            },
          );
        }
        if (!existing) queues.set(name, new Queue(name, attributes, now(), redriveTarget(attributes, queues)));
        return { QueueUrl: url(name) };
      },
      GetQueueUrl(input) {
        const name = text(input, 'QueueName');
        return queues.has(name) ? { QueueUrl: url(name) } : noSuchQueue();
      },
      SendMessage(input) {
        const queue = find(input);
        const body = messageBody(input, Number(queue.attributes.MaximumMessageSize));
        const message = queue.send(body, now(), optionalInteger(input, 'DelaySeconds', { min: 0, max: 900 }));
        arrivals.emit('arrival');
        return { MessageId: message.id, MD5OfMessageBody: message.md5 };
      },
      ReceiveMessage: receive,
      DeleteMessage(input) {
        find(input).delete(text(input, 'ReceiptHandle'));
        return {};
      },
      GetQueueAttributes: (input) => ({
        Attributes: picked(describe(find(input), now()), texts(input, 'AttributeNames')),
      }),
    },
  };
}

function noSuchQueue(): never {
  throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {
    queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
  });
}

function invalid(message: string): never {
  throw new AwsError('InvalidParameterValue', message, { queryCode: 'InvalidParameterValue' });
}

function queueAttributes(input: Input): QueueAttributes {
  const given = (input.Attributes ?? {}) as Record<string, string>;
  for (const [name, value] of Object.entries(given)) {
    if (name !== 'RedrivePolicy' && !Object.hasOwn(defaultAttributes, name)) {
      throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`, { queryCode: 'InvalidAttributeName' });
    }
    const valid =
      name === 'RedrivePolicy' || (name === 'SqsManagedSseEnabled' ? /^(true|false)$/ : /^\d{1,7}$/).test(value);
    if (!valid) {
      throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`, {
        queryCode: 'InvalidAttributeValue',
      });
    }
  }
  return { ...defaultAttributes, ...given };
}

function redriveTarget({ RedrivePolicy }: QueueAttributes, queues: ReadonlyMap<string, Queue>): Queue['redrive'] {
  if (RedrivePolicy === undefined) return undefined;
  let policy: { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown };
  try {
    policy = JSON.parse(RedrivePolicy);
  } catch {
    return invalid('Value for parameter RedrivePolicy is invalid. Reason: it must be JSON.');
  }
  const queue = [...queues.values()].find(({ name }) => queueArn(name) === policy.deadLetterTargetArn);
  if (!queue)
    return invalid('Value for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.');
  const maxReceiveCount = Number(policy.maxReceiveCount);
  if (Number.isInteger(maxReceiveCount) && maxReceiveCount >= 1 && maxReceiveCount <= 1_000)
    return { queue, maxReceiveCount };
  return invalid('Value for parameter RedrivePolicy is invalid. Reason: maxReceiveCount must be from 1 to 1000.');
}

function messageBody(input: Input, maximum: number): string {
  for (const member of ['MessageAttributes', 'MessageSystemAttributes', 'MessageGroupId', 'MessageDeduplicationId']) {
    if (input[member] !== undefined) {
      throw new AwsError('UnsupportedOperation', `${member} is not served locally.`, {
        queryCode: 'AWS.SimpleQueueService.UnsupportedOperation',
      });
    }
  }
  const body = text(input, 'MessageBody');
  if (body.length === 0) invalid('The request must contain the parameter MessageBody.');
  const bytes = Buffer.byteLength(body);
  if (bytes > maximum)
    invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${maximum} bytes.`);
  return body;
}

const picked = (all: Record<string, string>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name)));

const received = (message: Message, attributes: readonly string[]) => ({
  MessageId: message.id,
  ReceiptHandle: message.receiptHandle,
  Body: message.body,
  MD5OfBody: message.md5,
  Attributes: picked(
    {
      SenderId: account,
      SentTimestamp: String(message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    attributes,
  ),
});

function describe(queue: Queue, now: number): Record<string, string> {
  const { visible, delayed, inFlight } = queue.counts(now);
  return {
    ...queue.attributes,
    QueueArn: queueArn(queue.name),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1_000)),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
  };
}
