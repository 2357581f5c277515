import { Duration, Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { SettingProblem } from '../../contract/settings.ts';

export const archiveLocks = ['governance', 'compliance'] as const;

/**
 * Who may shorten the life of what is archived. `governance`: who may change the bucket's policy and then bypass the lock, which the
 * tamper rules report. WARNING `compliance`: nobody, not the root user of the account, nor AWS; a retention that is too long cannot be taken back.
 * Source: Amazon S3, "Locking objects with Object Lock"; ASVS 5.0 16.4.2.
 */
export type ArchiveLock = (typeof archiveLocks)[number];

/** Of the log group too, so that both end together. */
export const defaultArchiveRetention = Duration.days(400);

/** Where audit events are archived, and for how long. */
export interface ArchiveSettings {
  /** Gets the archive, with an Object Lock, encryption and a lifecycle of your own; excludes the other settings. @default - a new one */
  readonly bucket?: IBucket;
  /** Whole days that an event cannot be deleted; then it expires. @default - 400 days */
  readonly retention?: Duration;
  /** Who may delete it sooner. @default - 'governance' */
  readonly lock?: ArchiveLock;
}

/** What contradicts itself, or would fail the deployment. @param name of a setting, as the caller knows it */
export function archiveProblems(
  { bucket, retention, lock }: ArchiveSettings,
  name = (setting: keyof ArchiveSettings): string => setting,
): SettingProblem[] {
  const problems: SettingProblem[] = [];
  for (const [setting, value] of Object.entries({ retention, lock })) {
    if (!bucket || value === undefined) continue;
    problems.push({
      setting: name(setting as keyof ArchiveSettings),
      message: `has no effect with ${name('bucket')}; set it on your bucket`,
    });
  }
  if (retention !== undefined && !retention.isUnresolved()) {
    const days = retention.toDays({ integral: false });
    // Object Lock takes a hundred years at most: Amazon S3 API Reference, "DefaultRetention".
    if (!(Number.isInteger(days) && days >= 1 && days <= 36_500)) {
      problems.push({
        setting: name('retention'),
        message: `${days} days are not allowed; allowed are whole days from 1 to 36500`,
      });
    }
  }
  if (lock !== undefined && !Token.isUnresolved(lock) && !archiveLocks.includes(lock)) {
    problems.push({
      setting: name('lock'),
      message: `'${lock}' is not allowed; allowed are '${archiveLocks.join("', '")}'`,
    });
  }
  return problems;
}
