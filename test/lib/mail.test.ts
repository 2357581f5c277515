import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EmailIdentity } from 'aws-cdk-lib/aws-ses';
import { environment } from '../../contract/environment.ts';
import { Mail, type MailProps } from '../../lib/index.ts';
import { actionsOf, inlineCode, resourceOf, statementsOf, testStack } from './support.ts';

function synthesize(props: Partial<MailProps> = {}): Template {
  const stack = testStack();
  new Mail(stack, 'Mail', { from: 'no-reply@example.com', productName: 'Example', code: inlineCode(), ...props });
  return Template.fromStack(stack);
}

const template = synthesize();
const queue = (pattern: RegExp) => resourceOf(template, 'AWS::SQS::Queue', pattern).Properties;

describe('the queue', () => {
  test('is encrypted, keeps messages for an hour and gives up after three tries', () => {
    expect(queue(/Queue/)).toMatchObject({
      KmsMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/Key/), 'Arn'] },
      MessageRetentionPeriod: 3600,
      VisibilityTimeout: 180,
      RedrivePolicy: { maxReceiveCount: 3 },
    });
    expect(queue(/DeadLetters/)).toMatchObject({ KmsMasterKeyId: expect.anything(), MessageRetentionPeriod: 86400 });
  });

  test('feeds the mailer, which reports each failed message by itself', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 10,
    });
  });
});

describe('the mailer', () => {
  const statements = statementsOf(template, /Mailer/);

  test('may consume the queue, and send as the one address', () => {
    expect(actionsOf(statements).sort()).toEqual([
      'kms:Decrypt',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'ses:SendEmail',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
    expect(statements.find(({ Action }) => Action === 'ses:SendEmail')!.Condition).toEqual({
      StringEquals: { 'ses:FromAddress': 'no-reply@example.com' },
    });
    expect(JSON.stringify(statements)).not.toContain('*');
  });

  test('gets its settings', () => {
    expect(resourceOf(template, 'AWS::Lambda::Function').Properties.Environment.Variables).toEqual({
      [environment.mailFrom]: 'no-reply@example.com',
      [environment.mailConfigurationSet]: { Ref: expect.stringMatching(/ConfigurationSet/) },
      [environment.productName]: 'Example',
      NODE_ENV: 'production',
    });
  });

  test('may be told a display name, while the permission is for the address', () => {
    const statements = statementsOf(synthesize({ from: 'Example <no-reply@example.com>' }), /Mailer/);
    expect(JSON.stringify(statements)).toContain('"ses:FromAddress":"no-reply@example.com"');
  });
});

describe('SES', () => {
  test('sends over TLS only, without tracking', () => {
    template.hasResourceProperties('AWS::SES::ConfigurationSet', {
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      TrackingOptions: Match.absent(),
    });
  });

  test.each([
    [{}, 'example.com'],
    [{ verify: 'mail.example.com' }, 'mail.example.com'],
    [{ verify: 'no-reply@example.com' }, 'no-reply@example.com'],
  ])('verifies with %j the identity %s', (props, identity) => {
    expect(resourceOf(synthesize(props), 'AWS::SES::EmailIdentity').Properties.EmailIdentity).toBe(identity);
  });

  test('takes an identity that exists', () => {
    const stack = testStack();
    const identity = EmailIdentity.fromEmailIdentityName(stack, 'Identity', 'example.com');
    new Mail(stack, 'Mail', { from: 'no-reply@example.com', productName: 'Example', code: inlineCode(), identity });
    Template.fromStack(stack).resourceCountIs('AWS::SES::EmailIdentity', 0);
  });
});

test('refuses a From that is no address', () => {
  expect(() => synthesize({ from: 'example.com' })).toThrow(
    /^from: 'example.com' is not an address; allowed is one such as/,
  );
});
