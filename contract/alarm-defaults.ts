/**
 * What each alarm tolerates: it goes off beyond this (`NoRequests`: below it). Counts are those of one period, five minutes unless
 * docs/alarms.md says otherwise; latency is in milliseconds, the delay in seconds, the band in standard deviations. The rates of mail are
 * half of those at which AWS reviews an account,
 * https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
 */
export const alarmThresholds = {
  FunctionErrors: 0,
  FunctionThrottles: 0,
  ServerErrors: 5,
  SlowAnswers: 3000,
  NoRequests: 1,
  SignInFailures: 100,
  SignInFailureAnomaly: 3,
  AccountLocks: 20,
  LockedAttempts: 100,
  SuspiciousActivity: 10,
  RateLimited: 500,
  OriginRejections: 50,
  BlockedRequests: 1000,
  EdgeBlockedRequests: 1000,
  SigningFailures: 0,
  KmsErrors: 0,
  UnmatchedSignatures: 20,
  StoreFailures: 5,
  UnexpectedErrors: 0,
  BreachCheckOutages: 5,
  MailFailures: 0,
  UnsentMail: 0,
  MailBounces: 0.025,
  MailComplaints: 0.0005,
  IdentityTableThrottles: 0,
  IdentityTableErrors: 0,
  RateLimitTableThrottles: 0,
  RateLimitTableErrors: 0,
  ArchiveDelay: 1800,
  ArchiveFailures: 0,
} as const satisfies Readonly<Record<string, number>>;

export type AlarmName = keyof typeof alarmThresholds;

export const alarmNames = Object.keys(alarmThresholds) as [AlarmName, ...AlarmName[]];
