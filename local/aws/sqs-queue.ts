import { createHash, randomUUID } from 'node:crypto';
import { AwsError, account, region } from './protocol.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly md5: string;
  readonly sentAt: number;
  /** Not before this time; a receive moves it on by the visibility timeout. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  receiptHandle?: string;
}

/** Attributes that can be set, with the service's defaults, in the service's units: seconds and bytes. */
export const defaultAttributes = {
  VisibilityTimeout: '30',
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
} as const;

export type QueueAttributes = Record<keyof typeof defaultAttributes, string> & { RedrivePolicy?: string };

export const queueArn = (name: string): string => `arn:aws:sqs:${region}:${account}:${name}`;

/** A standard queue. Times are epoch milliseconds. */
export class Queue {
  readonly name: string;
  readonly attributes: QueueAttributes;
  readonly createdAt: number;
  /** Where messages go that were received too often, and how often that is. */
  readonly redrive: { readonly queue: Queue; readonly maxReceiveCount: number } | undefined;
  #messages: Message[] = [];

  constructor(name: string, attributes: QueueAttributes, createdAt: number, redrive: Queue['redrive']) {
    this.name = name;
    this.attributes = attributes;
    this.createdAt = createdAt;
    this.redrive = redrive;
  }

  send(body: string, now: number, delaySeconds = Number(this.attributes.DelaySeconds)): Message {
    const message: Message = {
      id: randomUUID(),
      body,
      md5: createHash('md5').update(body).digest('hex'),
      sentAt: now,
      visibleAt: now + delaySeconds * 1_000,
      receiveCount: 0,
    };
    this.#messages.push(message);
    return message;
  }

  receive(count: number, now: number, visibilityTimeout = Number(this.attributes.VisibilityTimeout)): Message[] {
    this.#settle(now);
    const received = this.#messages.filter(({ visibleAt }) => visibleAt <= now).slice(0, count);
    for (const message of received) {
      message.receiveCount++;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilityTimeout * 1_000;
      message.receiptHandle = Buffer.from(`${this.name} ${message.id} ${message.receiveCount}`).toString('base64');
    }
    return received;
  }

  /** Deleting a message that is gone already is a success; only a handle that this queue never gave is refused. */
  delete(receiptHandle: string): void {
    const [name, id] = Buffer.from(receiptHandle, 'base64').toString().split(' ');
    if (name !== this.name || !id) {
      throw new AwsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.', {
        queryCode: 'ReceiptHandleIsInvalid',
      });
    }
    this.#messages = this.#messages.filter((message) => message.id !== id);
  }

  counts(now: number): { visible: number; delayed: number; inFlight: number } {
    this.#settle(now);
    const hidden = this.#messages.filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ receiveCount }) => receiveCount > 0).length;
    return { visible: this.#messages.length - hidden.length, delayed: hidden.length - inFlight, inFlight };
  }

  /** Drops what is past the retention period, and moves what was received too often. */
  #settle(now: number): void {
    const oldest = now - Number(this.attributes.MessageRetentionPeriod) * 1_000;
    const { redrive } = this;
    const spent = (message: Message) =>
      redrive !== undefined && message.visibleAt <= now && message.receiveCount >= redrive.maxReceiveCount;
    const kept = this.#messages.filter(({ sentAt }) => sentAt > oldest);
    if (redrive) redrive.queue.#messages.push(...kept.filter(spent));
    this.#messages = kept.filter((message) => !spent(message));
  }
}
