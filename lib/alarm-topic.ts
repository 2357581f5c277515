import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { allowAlarms, encryptionKey } from './encryption-key.ts';

export interface AlarmTopicProps {
  /** Encrypts the topic. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
  /** Subscribed to the topic, once the owner has confirmed. @default - nobody */
  readonly email?: string;
}

/** An encrypted topic that CloudWatch alarms of this account can publish to. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlarmTopicProps = {}) {
    super(scope, id);
    const masterKey = props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: alarms');
    allowAlarms(masterKey, this);
    this.topic = new Topic(this, 'Resource', { masterKey, enforceSSL: true });
    // A topic with a policy of its own has lost the default one, which lets the account's alarms in.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'PublishAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (props.email) this.topic.addSubscription(new EmailSubscription(props.email));
  }
}
