import type { SQSClient } from '@aws-sdk/client-sqs';
import type { MailMessage } from '../../contract/mail.ts';

export type QueueMail = (mail: MailMessage) => Promise<void>;

/** Answers do not wait for mail: it is queued here and sent by the mailer. Throws when the queue cannot be reached. */
export function mailQueue(sqs: Pick<SQSClient, 'send'>, queueUrl: string): QueueMail {
  return async (mail) => {
    const { SendMessageCommand } = await import('./sqs-client.ts');
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(mail) }));
  };
}
