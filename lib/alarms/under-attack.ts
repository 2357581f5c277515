import { AlarmRule, type IAlarm, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmName } from '../../contract/alarm-defaults.ts';

/** Sign-ins fail more than they do on other days … */
export const failing = ['SignInFailures', 'SignInFailureAnomaly'] as const satisfies readonly AlarmName[];

/** … and a defence is at work: people who mistype, or an app that is broken, bring about one of the two only. */
export const defending = [
  'AccountLocks',
  'LockedAttempts',
  'SuspiciousActivity',
  'RateLimited',
  'BlockedRequests',
  'EdgeBlockedRequests',
] as const satisfies readonly AlarmName[];

export const underAttackMeaning = 'Sign-ins fail in numbers, and limits, locks or the firewall are at work: an attack.';

/** Undefined where one of the two groups has no alarm. */
export function underAttackRule(alarms: Readonly<Partial<Record<AlarmName, IAlarm>>>): IAlarmRule | undefined {
  const [first, second] = [failing, defending].map((names) =>
    (names as readonly AlarmName[]).flatMap((name) => alarms[name] ?? []),
  );
  if (!first?.length || !second?.length) return undefined;
  return AlarmRule.allOf(AlarmRule.anyOf(...first), AlarmRule.anyOf(...second));
}
