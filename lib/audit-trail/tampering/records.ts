import { callPattern, containing, startingWith, type TamperPattern } from './pattern.ts';

/** What is on record, how long, and who else gets it. */
export const auditLog = (logGroupName: string): TamperPattern => ({
  subject: 'the audit log',
  pattern: callPattern({
    services: ['logs'],
    names: [
      ...startingWith('Delete', 'PutRetentionPolicy', 'PutSubscriptionFilter', 'PutDataProtectionPolicy'),
      'AssociateKmsKey',
      'DisassociateKmsKey',
      'PutTransformer',
    ],
    parameters: [
      { logGroupName: [logGroupName] },
      { logGroupIdentifier: containing(logGroupName) },
      { resourceIdentifier: containing(logGroupName) },
    ],
  }),
});

/** The stream into the archive. */
export const archiveStream = (streamName: string): TamperPattern => ({
  subject: 'the delivery into the archive',
  pattern: callPattern({
    services: ['firehose'],
    names: ['DeleteDeliveryStream', 'StopDeliveryStreamEncryption', 'UpdateDestination'],
    parameters: [{ deliveryStreamName: [streamName] }],
  }),
});

/** The archive's lock, policy, lifecycle, versions and encryption: each call is named after what it sets. */
export const archiveBucket = (bucketName: string): TamperPattern => ({
  subject: 'the archive',
  pattern: callPattern({
    services: ['s3'],
    names: startingWith('DeleteBucket', 'PutBucket'),
    parameters: [{ bucketName: [bucketName] }],
  }),
});

/** Any trail of the account: without one, none of these rules sees anything. */
export const trails = (): TamperPattern => ({
  subject: 'a trail of CloudTrail',
  pattern: callPattern({
    services: ['cloudtrail'],
    names: ['DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail'],
  }),
});

/** What CloudFormation names by itself begins with the stack's name. */
export const alarms = (stackName: string, topicArn: string): TamperPattern => ({
  subject: 'an alarm, or who gets it',
  pattern: callPattern({
    services: ['events', 'monitoring', 'sns'],
    names: [
      ...startingWith('DeleteAlarms', 'DeleteRule', 'DisableAlarmActions', 'DisableRule', 'PutMetricAlarm', 'PutRule'),
      ...startingWith('DeleteTopic', 'RemovePermission', 'RemoveTargets', 'SetSubscription', 'SetTopic', 'Unsubscribe'),
    ],
    parameters: [
      { name: startingWith(`${stackName}-`) },
      { rule: startingWith(`${stackName}-`) },
      { alarmName: startingWith(`${stackName}-`) },
      { alarmNames: startingWith(`${stackName}-`) },
      { topicArn: [topicArn] },
      { subscriptionArn: startingWith(`${topicArn}:`) },
    ],
  }),
});
