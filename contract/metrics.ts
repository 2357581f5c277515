/** The CloudWatch namespace and metric names that the functions emit and the alarms watch. */
export const metricNamespace = 'Gatehouse';

export const metrics = {
  signInSucceeded: 'SignInSucceeded',
  signInFailed: 'SignInFailed',
  signUp: 'SignUp',
  tokenIssued: 'TokenIssued',
  tokenSigningFailed: 'TokenSigningFailed',
  kmsFailed: 'KmsFailed',
  rateLimited: 'RateLimited',
  originRejected: 'OriginRejected',
  storeFailed: 'StoreFailed',
  unexpectedError: 'UnexpectedError',
  mailFailed: 'MailFailed',
  breachCheckUnavailable: 'BreachCheckUnavailable',
  accountLocked: 'AccountLocked',
  lockedAttempt: 'LockedAttempt',
  suspiciousActivity: 'SuspiciousActivity',
} as const;

export type MetricName = (typeof metrics)[keyof typeof metrics];

/** The one dimension of every metric: the stage's service name, low in cardinality by design. */
export const metricDimension = 'service';
