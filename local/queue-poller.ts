import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

export interface QueuePollerOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly region: string;
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

export interface QueuePoller {
  stop(): Promise<void>;
}

/**
 * Stands where Lambda's event source mapping stands (batches of up to ten, ReportBatchItemFailures): it deletes what the
 * function did not report as failed, and the rest becomes visible again.
 */
export function startQueuePoller(options: QueuePollerOptions): QueuePoller {
  const { client, queueUrl, invoke, onError } = options;
  const stopping = new AbortController();

  const receive = async (): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
      MessageSystemAttributeNames: ['All'],
    });
    return (await client.send(command, { abortSignal: stopping.signal })).Messages ?? [];
  };

  const deliver = async (messages: Message[]) => {
    const failed = failedIds(
      await invoke({ Records: messages.map((message) => toRecord(message, options)) }),
      messages,
    );
    for (const { MessageId, ReceiptHandle } of messages) {
      if (!failed.has(MessageId!)) await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
    if (failed.size) throw new Error(`the function reported ${failed.size} of ${messages.length} messages as failed`);
  };

  const poll = async () => {
    while (!stopping.signal.aborted) {
      try {
        const messages = await receive();
        if (messages.length) await deliver(messages);
      } catch (error) {
        if (stopping.signal.aborted) return;
        onError(error);
        // The queue itself may be what fails; without a pause this would be a busy loop.
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  };

  const polling = poll();
  return {
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}

/** A response that names no message of the batch, or is not a batch response, fails the whole batch. */
function failedIds(result: unknown, messages: readonly Message[]): ReadonlySet<string> {
  const all = new Set(messages.map(({ MessageId }) => MessageId!));
  if (result === null || result === undefined || result === '') return new Set();
  const failures =
    typeof result === 'object' ? ((result as Partial<SQSBatchResponse>).batchItemFailures ?? []) : undefined;
  if (!Array.isArray(failures)) return all;
  const named = failures.map((failure: { itemIdentifier?: string } | null) => failure?.itemIdentifier ?? '');
  return named.every((id) => all.has(id)) ? new Set(named) : all;
}

const toRecord = (message: Message, { queueArn, region }: QueuePollerOptions): SQSRecord => ({
  messageId: message.MessageId!,
  receiptHandle: message.ReceiptHandle!,
  body: message.Body!,
  attributes: message.Attributes as unknown as SQSRecord['attributes'],
  messageAttributes: {},
  md5OfBody: message.MD5OfBody!,
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
});
