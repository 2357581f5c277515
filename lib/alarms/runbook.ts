import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Where the pages about alarms are in the repository. */
export const runbookFolder = 'docs/runbooks';

/** `SignInFailures` → `sign-in-failures.md`. */
export const runbookPage = (alarm: string): string =>
  `${alarm.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.md`;

/** What a person reads first: where, what, and the page that says what to do. */
export function alarmDescription(scope: Construct, alarm: string, meaning: string, runbookUrl = runbookFolder): string {
  const page = `${runbookUrl.replace(/\/+$/, '')}/${runbookPage(alarm)}`;
  return `Gatehouse in ${Stack.of(scope).stackName}: ${meaning} Runbook: ${page}`;
}
