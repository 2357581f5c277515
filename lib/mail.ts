import { Duration, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IPublicHostedZone } from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environment } from '../contract/environment.ts';
import { acknowledge, findingArn } from './acknowledge.ts';
import { functionFolder } from './bundle.ts';
import { encryptionKey, useKeyThrough } from './encryption-key.ts';
import { encryptedLogGroup } from './log-group.ts';
import { reportMailEvents } from './mail-events.ts';
import { addressOf, mailProblems } from './mail-settings.ts';
import { NodeFunction } from './node-function.ts';
import { requireNoProblems } from './settings.ts';

export interface MailProps {
  /** The From address: 'no-reply@example.com'. */
  readonly from: string;
  /** The product's name in subjects and texts. */
  readonly productName: string;
  /** An existing SES identity that covers `from`; excludes the next two, which exclude each other. @default - a new one, see `verify` */
  readonly identity?: ses.IEmailIdentity;
  /** The domain or the address that SES verifies for a new identity. @default - the domain of `from` */
  readonly verify?: string;
  /** The public zone of the verified domain, which gets the DKIM records. @default - you create the records */
  readonly hostedZone?: IPublicHostedZone;
  /** The account is in the sandbox of SES, which wants leave for the recipient's identity too. @default - false */
  readonly sandbox?: boolean;
  /**
   * Gets SES's events of bounced, delayed, rejected mail and of complaints, which hold addresses; it has to let SES publish.
   * @default - the default event bus of EventBridge alone
   */
  readonly eventTopic?: ITopic;
  /** Encrypts the queues, whose messages carry tokens. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
  /** Encrypts the mailer's log group. @default - `encryptionKey` */
  readonly logsKey?: IKey;
  /** How long the mailer's logs are kept. @default - 1 year */
  readonly logRetention?: RetentionDays;
  /** The mailer's code. @default - Gatehouse's own */
  readonly code?: Code;
}

const mailerTimeout = Duration.seconds(30);
/** How long the links in the messages are good. */
const linkLifetime = Duration.hours(1);

/** A queue, and a function that sends what is in it through SES: answers do not wait for mail, nor tell by their time that there is some. */
export class Mail extends Construct {
  readonly queue: Queue;
  /** Messages that could not be sent. */
  readonly deadLetterQueue: Queue;
  readonly mailer: NodeFunction;
  private readonly key: IKey;

  constructor(scope: Construct, id: string, props: MailProps) {
    super(scope, id);
    requireNoProblems(
      mailProblems({
        from: ['from', props.from],
        identity: {
          verify: props.verify,
          identity: props.identity?.emailIdentityName,
          hostedZone: props.hostedZone?.zoneName,
        },
      }),
    );
    const address = addressOf(props.from)!;
    this.key = props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: queued mail');
    this.deadLetterQueue = this.createQueue('DeadLetters', { retentionPeriod: Duration.days(1) });
    this.queue = this.createQueue('Queue', {
      retentionPeriod: linkLifetime,
      // Six times the timeout, as Lambda advises for queues.
      visibilityTimeout: Duration.seconds(6 * mailerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: 3 },
    });
    const configurationSet = new ses.ConfigurationSet(this, 'ConfigurationSet', {
      tlsPolicy: ses.ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      maxDeliveryDuration: linkLifetime,
    });
    reportMailEvents(configurationSet, props.eventTopic);
    const identity =
      props.identity ?? new ses.EmailIdentity(this, 'Identity', { identity: newIdentity(props, address) });
    this.mailer = new NodeFunction(this, 'Mailer', {
      description: 'Gatehouse: sends queued mail',
      code: props.code ?? Code.fromAsset(functionFolder('mailer')),
      logGroup: encryptedLogGroup(this, 'MailerLogs', {
        encryptionKey: props.logsKey ?? this.key,
        retention: props.logRetention ?? RetentionDays.ONE_YEAR,
      }),
      memorySize: 256,
      timeout: mailerTimeout,
      environment: {
        [environment.mailFrom]: props.from,
        [environment.mailConfigurationSet]: configurationSet.configurationSetName,
        [environment.productName]: props.productName,
      },
    });
    this.allowSending(
      address,
      identity.emailIdentityArn,
      configurationSet.configurationSetName,
      props.sandbox ?? false,
    );
    this.consumeQueue();
  }

  /** Lets the auth function queue messages. */
  grantQueue({ grantPrincipal }: IGrantable): void {
    grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] }),
    );
    grantPrincipal.addToPrincipalPolicy(useKeyThrough('sqs', this.key, 'Decrypt', 'GenerateDataKey'));
  }

  /** Messages that could not be sent. */
  metricUnsent(options?: MetricOptions): Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...options });
  }

  /** Share of the account's mail in this Region that bounced, from 0 to 1, as AWS judges it. */
  metricBounceRate(options?: MetricOptions): Metric {
    return reputation('Reputation.BounceRate', options);
  }

  /** Share of the account's mail in this Region that its readers called spam, from 0 to 1, as AWS judges it. */
  metricComplaintRate(options?: MetricOptions): Metric {
    return reputation('Reputation.ComplaintRate', options);
  }

  private createQueue(id: string, props: ConstructorParameters<typeof Queue>[2]): Queue {
    return new Queue(this, id, {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: this.key,
      enforceSSL: true,
      ...props,
    });
  }

  private allowSending(address: string, identityArn: string, configurationSetName: string, sandbox: boolean): void {
    const sesArn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ses', resource, resourceName });
    this.mailer.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [
          identityArn,
          sesArn('configuration-set', configurationSetName),
          ...(sandbox ? [sesArn('identity', '*')] : []),
        ],
        conditions: { StringEquals: { 'ses:FromAddress': address } },
      }),
    );
    if (sandbox) acknowledgeRecipients(this.mailer.role!);
  }

  private consumeQueue(): void {
    this.mailer.addToRolePolicy(
      new PolicyStatement({
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        resources: [this.queue.queueArn],
      }),
    );
    this.mailer.addToRolePolicy(useKeyThrough('sqs', this.key, 'Decrypt'));
    this.mailer.addEventSourceMapping('Queue', {
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }
}

function acknowledgeRecipients(role: IRole): void {
  acknowledge(
    role,
    'IAM5',
    "In its sandbox, SES asks for leave on the recipient's identity, which is not known before. The sender stays fixed by a condition.",
    `Resource::${findingArn(role, 'ses', 'identity/*')}`,
  );
}

function reputation(metricName: string, options?: MetricOptions): Metric {
  return new Metric({ namespace: 'AWS/SES', metricName, statistic: 'Average', period: Duration.hours(1), ...options });
}

function newIdentity({ hostedZone, verify }: MailProps, from: string): ses.Identity {
  if (hostedZone) return ses.Identity.publicHostedZone(hostedZone);
  const name = verify ?? from.slice(from.indexOf('@') + 1);
  return name.includes('@') ? ses.Identity.email(name) : ses.Identity.domain(name);
}
