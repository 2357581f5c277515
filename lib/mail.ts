import { Duration, Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IPublicHostedZone } from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environment } from '../contract/environment.ts';
import { functionFolder } from './bundle.ts';
import { encryptionKey, useKeyThrough } from './encryption-key.ts';
import { encryptedLogGroup } from './log-group.ts';
import { NodeFunction } from './node-function.ts';

export interface MailProps {
  /** The From address: 'no-reply@example.com'. */
  readonly from: string;
  /** The product's name in subjects and texts. */
  readonly productName: string;
  /** An existing SES identity that covers `from`. @default - a new one, see `verify` */
  readonly identity?: ses.IEmailIdentity;
  /** The domain or the address that SES verifies for a new identity. @default - the domain of `from` */
  readonly verify?: string;
  /** The public zone of the verified domain, which gets the DKIM records. @default - you create the records */
  readonly hostedZone?: IPublicHostedZone;
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

/** A queue, and a function that sends what is in it through SES: answers do not wait for mail, nor tell by their time that there is some. */
export class Mail extends Construct {
  readonly queue: Queue;
  /** Messages that could not be sent. */
  readonly deadLetterQueue: Queue;
  readonly mailer: NodeFunction;
  private readonly key: IKey;

  constructor(scope: Construct, id: string, props: MailProps) {
    super(scope, id);
    const address = requireAddress(props.from);
    this.key = props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: queued mail');
    this.deadLetterQueue = this.createQueue('DeadLetters', { retentionPeriod: Duration.days(1) });
    this.queue = this.createQueue('Queue', {
      // The links in the messages are good for an hour.
      retentionPeriod: Duration.hours(1),
      // Six times the timeout, as Lambda advises for queues.
      visibilityTimeout: Duration.seconds(6 * mailerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: 3 },
    });
    const configurationSet = new ses.ConfigurationSet(this, 'ConfigurationSet', {
      tlsPolicy: ses.ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
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
    this.allowSending(identity, configurationSet, address);
    this.consumeQueue();
  }

  /** Lets the auth function queue messages. */
  grantQueue({ grantPrincipal }: IGrantable): void {
    grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] }),
    );
    grantPrincipal.addToPrincipalPolicy(useKeyThrough('sqs', this.key, 'Decrypt', 'GenerateDataKey'));
  }

  private createQueue(id: string, props: ConstructorParameters<typeof Queue>[2]): Queue {
    return new Queue(this, id, {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: this.key,
      enforceSSL: true,
      ...props,
    });
  }

  private allowSending(identity: ses.IEmailIdentity, configurationSet: ses.IConfigurationSet, address: string): void {
    const configurationSetArn = Stack.of(this).formatArn({
      service: 'ses',
      resource: 'configuration-set',
      resourceName: configurationSet.configurationSetName,
    });
    this.mailer.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [identity.emailIdentityArn, configurationSetArn],
        conditions: { StringEquals: { 'ses:FromAddress': address } },
      }),
    );
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

/** The bare address of 'no-reply@example.com' or 'Example <no-reply@example.com>'. */
function requireAddress(from: string): string {
  const address = /<([^<>]+)>$/.exec(from)?.[1] ?? from;
  if (!/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(address)) {
    throw new Error(`from: '${from}' is not an address; allowed is one such as 'no-reply@example.com'`);
  }
  return address;
}

function newIdentity({ hostedZone, verify }: MailProps, from: string): ses.Identity {
  if (hostedZone) return ses.Identity.publicHostedZone(hostedZone);
  const name = verify ?? from.slice(from.indexOf('@') + 1);
  return name.includes('@') ? ses.Identity.email(name) : ses.Identity.domain(name);
}
