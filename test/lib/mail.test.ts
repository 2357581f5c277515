import { describe, expect, test } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { environment } from '../../contract/environment.ts';
import { Mail, type MailProps } from '../../lib/index.ts';
import { actionsOf, inlineCode, resourceOf, resourcesOf, statementsOf, testStack } from './support.ts';

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

  test('may, in the sandbox of SES, also mail the identities of this account and Region, still as the one address', () => {
    const send = statementsOf(synthesize({ sandbox: true }), /Mailer/).find(
      ({ Action }) => Action === 'ses:SendEmail',
    )!;
    expect(JSON.stringify(send.Resource)).toMatch(/:ses:eu-west-1:",\{"Ref":"AWS::AccountId"\},":identity\/\*"/);
    expect(send.Condition).toEqual({ StringEquals: { 'ses:FromAddress': 'no-reply@example.com' } });
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
    [{ verify: 'mail.example.com', from: 'no-reply@mail.example.com' }, 'mail.example.com'],
    [{ verify: 'example.com', from: 'Example <no-reply@eu.mail.example.com>' }, 'example.com'],
    [{ verify: 'Example.com' }, 'Example.com'],
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

describe('what becomes of mail', () => {
  const destinations = (from: Template) =>
    Object.values(resourcesOf(from, 'AWS::SES::ConfigurationSetEventDestination')).map(
      ({ Properties }) => Properties.EventDestination,
    );

  test('reaches the event bus of the account, without opens and clicks', () => {
    const [destination, ...others] = destinations(template);
    expect(others).toEqual([]);
    expect(destination.Enabled).toBe(true);
    expect(JSON.stringify(destination.EventBridgeDestination.EventBusArn)).toContain('event-bus/default');
    expect(destination.MatchingEventTypes.sort()).toEqual([
      'bounce',
      'complaint',
      'deliveryDelay',
      'reject',
      'renderingFailure',
    ]);
  });

  test('reaches a topic of yours too', () => {
    const stack = testStack();
    const eventTopic = Topic.fromTopicArn(stack, 'Ours', 'arn:aws:sns:eu-west-1:111122223333:mail');
    new Mail(stack, 'Mail', { from: 'no-reply@example.com', productName: 'Example', code: inlineCode(), eventTopic });
    const topics = destinations(Template.fromStack(stack)).map(({ SnsDestination }) => SnsDestination?.TopicARN);
    expect(topics).toEqual([undefined, 'arn:aws:sns:eu-west-1:111122223333:mail']);
  });

  test('keeps addresses that bounced or complained from more of it, and gives up when its links are void', () => {
    template.hasResourceProperties('AWS::SES::ConfigurationSet', {
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
      DeliveryOptions: { MaxDeliverySeconds: 3600 },
    });
  });
});

describe('an identity that does not cover the From address would never send', () => {
  const zone = (stack: Stack, zoneName: string) =>
    PublicHostedZone.fromPublicHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789EXAMPLE000', zoneName });
  const mail = (props: (stack: Stack) => Partial<MailProps>) => () => {
    const stack = testStack();
    new Mail(stack, 'Mail', {
      from: 'no-reply@example.com',
      productName: 'Example',
      code: inlineCode(),
      ...props(stack),
    });
  };

  test.each<[string, (stack: Stack) => Partial<MailProps>, string]>([
    ['verify, a domain', () => ({ verify: 'example.org' }), 'example.org'],
    ['verify, a domain below', () => ({ verify: 'mail.example.com' }), 'mail.example.com'],
    ['verify, a domain with the same end', () => ({ verify: 'ample.com' }), 'ample.com'],
    ['verify, another address', () => ({ verify: 'hello@example.com' }), 'hello@example.com'],
    [
      'identity',
      (stack) => ({ identity: EmailIdentity.fromEmailIdentityName(stack, 'Identity', 'example.org') }),
      'example.org',
    ],
    ['hostedZone', (stack) => ({ hostedZone: zone(stack, 'example.org') }), 'example.org'],
  ])('%s', (_, props, identity) => {
    expect(mail(props)).toThrow(
      `from: 'no-reply@example.com' is not covered by '${identity}'; allowed is that address, or one of that domain or below it`,
    );
  });

  test('but one whose name is known at deployment only has to be trusted', () => {
    expect(
      mail((stack) => ({ identity: new EmailIdentity(stack, 'New', { identity: Identity.domain('example.org') }) })),
    ).not.toThrow();
  });

  test('and of the three ways to name it, one is enough', () => {
    expect(mail((stack) => ({ verify: 'example.com', hostedZone: zone(stack, 'example.com') }))).toThrow(
      'verify: excludes hostedZone; give one of them',
    );
  });
});

test('refuses a From that is no address', () => {
  expect(() => synthesize({ from: 'example.com' })).toThrow(
    /^from: 'example.com' is not an address; allowed is one such as/,
  );
});
