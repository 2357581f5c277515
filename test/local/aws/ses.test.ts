import { request } from 'node:http';
import { GetAccountCommand, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AwsWithClients, startWithClients } from './clients.ts';

let aws: AwsWithClients;
beforeAll(async () => {
  aws = await startWithClients({ now: () => Date.UTC(2026, 0, 1) });
});
afterAll(() => aws.stop());

const mail = (changes: Partial<SendEmailCommandInput> = {}): SendEmailCommandInput => ({
  FromEmailAddress: 'Gatehouse <no-reply@example.com>',
  Destination: { ToAddresses: ['ada@example.com'] },
  Content: content('Confirm', 'Follow https://auth.example.com/verify?token=a.b-c to confirm.'),
  ...changes,
});
const content = (subject?: string, text?: string) => ({
  Simple: { Subject: { Data: subject }, Body: text === undefined ? {} : { Text: { Data: text } } },
});
const send = (input: SendEmailCommandInput) => aws.ses.send(new SendEmailCommand(input));

test('keeps the mail, newest first, with the link of its text', async () => {
  await send(mail({ Content: content('First', 'No link.') }));
  const { MessageId } = await send(mail());
  const [newest, first] = aws.mail();
  expect(newest).toEqual({
    id: MessageId,
    sentAt: '2026-01-01T00:00:00.000Z',
    from: 'Gatehouse <no-reply@example.com>',
    to: ['ada@example.com'],
    subject: 'Confirm',
    text: 'Follow https://auth.example.com/verify?token=a.b-c to confirm.',
    link: 'https://auth.example.com/verify?token=a.b-c',
  });
  expect(first).not.toHaveProperty('link');
});

test.each([
  ['no sender', { FromEmailAddress: undefined }],
  ['a sender that is no address', { FromEmailAddress: 'nobody' }],
  ['no recipient', { Destination: { ToAddresses: [] } }],
  ['a recipient with a second header', { Destination: { ToAddresses: ['a@example.com\r\nBcc: b@example.com'] } }],
  ['51 recipients', { Destination: { ToAddresses: Array.from({ length: 51 }, (_, n) => `u${n}@example.com`) } }],
  ['a subject of two lines', { Content: content('One\r\nBcc: b@example.com', 'text') }],
  ['no body', { Content: content('Subject') }],
  ['raw content', { Content: { Raw: { Data: Buffer.from('x') } } }],
] as const)('refuses %s', async (_, changes) => {
  const before = aws.mail().length;
  await expect(send(mail(changes as Partial<SendEmailCommandInput>))).rejects.toMatchObject({
    name: 'BadRequestException',
  });
  expect(aws.mail()).toHaveLength(before);
});

test('refuses an operation that is not served', async () => {
  await expect(aws.ses.send(new GetAccountCommand({}))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
});

describe('the server', () => {
  const post = (headers: Record<string, string>, body = '{}') =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const sent = request(`${aws.endpoint}/`, { method: 'POST', headers }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode!, body: text });
      });
      sent.once('error', reject).end(body);
    });
  const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=x', 'content-type': 'application/x-amz-json-1.1' };
  const target = { 'x-amz-target': 'TrentService.DescribeKey' };

  test('refuses a Host that is not the loopback: a page of another site with a rebound name', async () => {
    const answer = await post({ ...signed, ...target, host: 'evil.example' });
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('AccessDeniedException') });
  });

  test('refuses a request without a signature, which a web page could send', async () => {
    expect((await post({})).status).toBe(403);
    const answer = await post({ ...target, 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('MissingAuthenticationTokenException') });
  });

  test.each([
    ['not json', signed],
    ['[]', signed],
    ['{}', { ...signed, 'content-type': 'application/json' }],
  ])('refuses the body %s of type %j', async (body, headers) => {
    const answer = await post({ ...headers, ...target }, body);
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('SerializationException') });
  });

  test('refuses a service that it does not know', async () => {
    const answer = await post({ ...signed, 'x-amz-target': 'DynamoDB_20120810.Query' });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('UnknownOperationException') });
  });
});
