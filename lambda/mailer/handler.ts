import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { environment } from '../../contract/environment.ts';
import { mailKinds } from '../../contract/mail.ts';
import { templates } from './templates.ts';

const settings = z
  .object({
    [environment.mailFrom]: z.string().min(3),
    [environment.mailConfigurationSet]: z.string().min(1).optional(),
    [environment.productName]: z.string().min(1).default('Gatehouse'),
  })
  .parse(process.env);

const discarded = z.object({ discard: z.literal(true) });
const message = z.object({
  kind: z.enum(mailKinds),
  to: z.email().max(320),
  url: z.url().optional(),
  at: z.iso.datetime().optional(),
  network: z.union([z.cidrv4(), z.cidrv6()]).optional(),
});

const ses = new SESv2Client({});

/** Sends what is queued. A mail that fails goes back to the queue alone, and to the dead letters after its last try. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const results = await Promise.allSettled(event.Records.map(send));
  const failed = event.Records.filter((_, index) => results[index]?.status === 'rejected');
  for (const [index, result] of results.entries()) {
    if (result.status === 'rejected') log(event.Records[index]!, result.reason);
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function send(record: SQSRecord): Promise<void> {
  const body: unknown = JSON.parse(record.body);
  if (discarded.safeParse(body).success) return;
  const mail = message.parse(body);
  const { subject, text } = templates[mail.kind](settings[environment.productName] as string, mail);
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: settings[environment.mailFrom] as string,
      ConfigurationSetName: settings[environment.mailConfigurationSet],
      Destination: { ToAddresses: [mail.to] },
      Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text } } } },
    }),
  );
}

/** The error's name only: its message may quote the address or the link. */
function log({ messageId }: SQSRecord, error: unknown): void {
  const name = error instanceof Error ? error.name : 'UnknownError';
  console.error(JSON.stringify({ level: 'ERROR', message: 'mail not sent', messageId, error: name }));
}
