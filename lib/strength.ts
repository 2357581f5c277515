import { Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Stage } from '../contract/environment.ts';
import type { SettingProblem } from '../contract/settings.ts';
import { rangeProblems } from './whole-numbers.ts';

export interface StrengthSettings {
  readonly stage: Stage;
  readonly baseUrl?: string;
  readonly deletionProtection?: boolean;
  readonly tableRecoveryDays?: number;
  /** Whether the API has its own name, and the name of that setting. */
  readonly domain: readonly [setting: string, given: boolean];
  /** Days that logs are kept, by setting. */
  readonly retention: Readonly<Record<string, number | undefined>>;
}

/** A production issuer has to outlive its API, since verifiers elsewhere pin it. The rest is about losing evidence and users. */
export function strengthProblems(settings: StrengthSettings): SettingProblem[] {
  const { stage, baseUrl, deletionProtection, tableRecoveryDays, retention } = settings;
  const [domain, hasDomain] = settings.domain;
  const problems: SettingProblem[] = [];
  if (stage === 'prod' && !hasDomain && !baseUrl) {
    problems.push({ setting: domain, message: `is missing; stage 'prod' needs ${domain} or baseUrl` });
  }
  if (stage === 'prod' && deletionProtection === false) {
    problems.push({
      setting: 'deletionProtection',
      message: "'false' is not allowed in stage 'prod'; allowed is 'true'",
    });
  }
  // In prod a week, for which damage may go unnoticed over holidays.
  problems.push(...rangeProblems({ tableRecoveryDays }, stage === 'prod' ? 7 : 1, 35));
  for (const [setting, days] of Object.entries(retention)) {
    const message = retentionProblem(days, stage);
    if (message) problems.push({ setting, message });
  }
  return problems;
}

/**
 * CloudWatch Logs knows these periods only: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 * For ever is none of them here, since logs hold addresses of people; an archive of your own may keep more.
 */
const periods = Object.values(RetentionDays).filter(
  (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
) as RetentionDays[];

function retentionProblem(days: number | undefined, stage: Stage): string | undefined {
  const allowed = periods.filter((period) => stage !== 'prod' || period >= RetentionDays.ONE_YEAR);
  if (days === undefined || Token.isUnresolved(days) || allowed.includes(days)) return undefined;
  return `${days} is not allowed${stage === 'prod' ? " in stage 'prod'" : ''}; allowed are ${allowed.join(', ')}`;
}
