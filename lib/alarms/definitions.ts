import type { AlarmName } from '../../contract/alarm-defaults.ts';

/** What an alarm takes missing data for, and why. */
export interface MissingData {
  readonly treatment: 'notBreaching' | 'breaching';
  /** A sentence, for people who look at an alarm without data. */
  readonly because: string;
}

const nothingToCount: MissingData = {
  treatment: 'notBreaching',
  because: 'The metric exists only while there is something to count.',
};

export interface AlarmDefinition {
  /** A sentence, as it arrives on a phone. */
  readonly meaning: string;
  /** What the threshold counts. */
  readonly unit: string;
  /** Length of a period. @default - 5 */
  readonly minutes?: 15 | 60;
  /** Periods that have to be beyond the threshold, one after the other. @default - 1 */
  readonly periods?: number;
  readonly missing: MissingData;
}

/** Every alarm on one metric, in the order in which the pages list them. */
export const alarmDefinitions = {
  FunctionErrors: {
    meaning: 'The auth function crashed or timed out.',
    unit: 'invocations',
    missing: { treatment: 'notBreaching', because: 'Lambda reports only while the function runs.' },
  },
  FunctionThrottles: {
    meaning: 'Lambda refused to run the auth function.',
    unit: 'invocations',
    missing: { treatment: 'notBreaching', because: 'Lambda reports only while the function is called.' },
  },
  ServerErrors: {
    meaning: 'The API answers with 5xx.',
    unit: 'answers',
    missing: { treatment: 'notBreaching', because: 'API Gateway reports only while requests come in.' },
  },
  SlowAnswers: {
    meaning: 'One answer in a hundred is slow.',
    unit: 'milliseconds, 99th percentile',
    periods: 3,
    missing: { treatment: 'notBreaching', because: 'API Gateway reports only while requests come in.' },
  },
  NoRequests: {
    meaning: 'No request reaches the API.',
    unit: 'requests',
    periods: 3,
    missing: {
      treatment: 'breaching',
      because: 'Without requests API Gateway reports nothing: missing data is what it watches for.',
    },
  },
  SignInFailures: {
    meaning: 'Many sign-ins fail: someone may be guessing passwords.',
    unit: 'sign-ins',
    missing: nothingToCount,
  },
  SignInFailureAnomaly: {
    meaning: 'More sign-ins fail than is usual for the hour and the weekday.',
    unit: 'standard deviations above what is expected',
    minutes: 15,
    periods: 2,
    missing: nothingToCount,
  },
  AccountLocks: {
    meaning: 'Many accounts are being locked: someone is guessing passwords of known accounts.',
    unit: 'locks',
    missing: nothingToCount,
  },
  LockedAttempts: {
    meaning: 'Many sign-ins meet a lock: someone goes on guessing, or users are locked out.',
    unit: 'sign-ins',
    missing: nothingToCount,
  },
  SuspiciousActivity: {
    meaning: 'Many sessions or sign-ins look taken over.',
    unit: 'events',
    missing: nothingToCount,
  },
  RateLimited: {
    meaning: 'Many requests are over their limit.',
    unit: 'requests',
    missing: nothingToCount,
  },
  OriginRejections: {
    meaning:
      'State changes come from origins that are not trusted: a forgery, or an app that is not in trustedOrigins.',
    unit: 'requests',
    missing: nothingToCount,
  },
  BlockedRequests: {
    meaning: 'The firewall blocks many requests.',
    unit: 'requests',
    missing: { treatment: 'notBreaching', because: 'AWS WAF reports only while it blocks.' },
  },
  EdgeBlockedRequests: {
    meaning: 'The firewall at the edge blocks many requests.',
    unit: 'requests',
    missing: { treatment: 'notBreaching', because: 'AWS WAF reports only while it blocks.' },
  },
  SigningFailures: {
    meaning: 'A token could not be signed, or did not verify.',
    unit: 'tokens',
    missing: nothingToCount,
  },
  KmsErrors: {
    meaning: 'KMS refused, failed or was too slow to sign.',
    unit: 'tokens',
    missing: nothingToCount,
  },
  UnmatchedSignatures: {
    meaning: 'CloudTrail has more signatures of the signing keys than tokens were issued: someone else may be signing.',
    unit: 'signatures beyond 105 % of the tokens',
    minutes: 60,
    missing: {
      treatment: 'notBreaching',
      because:
        'Without an entry of CloudTrail nothing was signed. A trail that is stopped is told of by an event of its own.',
    },
  },
  StoreFailures: {
    meaning: 'DynamoDB or Secrets Manager fails requests of the auth function.',
    unit: 'requests',
    missing: nothingToCount,
  },
  UnexpectedErrors: {
    meaning: 'The auth function met an error that nobody foresaw.',
    unit: 'requests',
    missing: nothingToCount,
  },
  BreachCheckOutages: {
    meaning: 'The breach check does not answer: passwords are accepted unchecked, or refused, as set.',
    unit: 'passwords',
    missing: nothingToCount,
  },
  MailFailures: {
    meaning: 'Mail could not be queued: users got a 503.',
    unit: 'requests',
    missing: nothingToCount,
  },
  UnsentMail: {
    meaning: 'Mail could not be sent: users wait for links.',
    unit: 'messages',
    missing: {
      treatment: 'notBreaching',
      because: 'SQS stops reporting a queue six hours after its last use; the links in the messages are good for one.',
    },
  },
  MailBounces: {
    meaning: 'Mail of this account bounces: AWS may pause its mail.',
    unit: 'of all mail',
    minutes: 60,
    missing: { treatment: 'notBreaching', because: 'SES reports only while mail is sent.' },
  },
  MailComplaints: {
    meaning: 'Readers call mail of this account spam.',
    unit: 'of all mail',
    minutes: 60,
    missing: { treatment: 'notBreaching', because: 'SES reports only while mail is sent.' },
  },
  IdentityTableThrottles: {
    meaning: 'DynamoDB throttles the table of users and sessions: a hot key, or the ceiling of the table is reached.',
    unit: 'requests',
    missing: nothingToCount,
  },
  IdentityTableErrors: {
    meaning: 'DynamoDB has errors of its own with the table of users and sessions.',
    unit: 'requests',
    missing: nothingToCount,
  },
  RateLimitTableThrottles: {
    meaning: 'DynamoDB throttles the table of limits: a hot key, or the ceiling of the table is reached.',
    unit: 'requests',
    missing: nothingToCount,
  },
  RateLimitTableErrors: {
    meaning: 'DynamoDB has errors of its own with the table of limits.',
    unit: 'requests',
    missing: nothingToCount,
  },
  ArchiveDelay: {
    meaning: 'Audit events wait to be archived.',
    unit: 'seconds, the oldest event',
    periods: 3,
    missing: { treatment: 'notBreaching', because: 'Firehose reports only while there is something to deliver.' },
  },
  ArchiveFailures: {
    meaning: 'Audit events could not be archived.',
    unit: 'deliveries',
    missing: { treatment: 'notBreaching', because: 'Firehose reports only while it delivers.' },
  },
} as const satisfies Readonly<Record<AlarmName, AlarmDefinition>>;

export const definitionOf = (name: AlarmName): AlarmDefinition => alarmDefinitions[name];
