import type { SecurityMetrics } from '../../lambda/audit/security-metrics/get-security-metrics.ts';
import type { FailureSources } from './failure-sources.ts';

export interface Report {
  /** As people name the stack. */
  readonly stack: string;
  readonly metrics: SecurityMetrics;
  readonly sources: FailureSources;
  /** Absent where there are no alarms: in the stack of `npm start`. */
  readonly alarms?: readonly string[];
}

/** The report as a person reads it. */
export function render({ stack, metrics, sources, alarms }: Report): string {
  const { totals, failures, suspicious, locks } = metrics;
  return [
    `${stack}, from ${minutes(metrics.from)} to ${minutes(metrics.to)}`,
    section('Totals', [
      ['sign-ins', totals.signIns],
      ['sign-ups', totals.signUps],
      ['tokens issued', totals.tokensIssued],
    ]),
    section('Failures', [
      ['sign-ins failed', failures.signIns],
      ['over a limit', failures.rateLimited],
      ['from an origin that is not trusted', failures.originRejected],
      ['tokens not signed', failures.tokenSigning],
      ['tables out of reach', failures.store],
      ['mail not queued', failures.mail],
      ['unexpected errors', failures.unexpected],
    ]),
    section('Attention', [
      ['suspicious activity', suspicious],
      ['accounts locked', locks.accountsLocked],
      ['attempts while locked', locks.lockedAttempts],
    ]),
    section(
      sources.complete
        ? 'Sources of failures'
        : 'Sources of failures (of the earliest events only: there are too many)',
      sources.top.map(({ ip, failures: count }) => [ip, count] as const),
    ),
    ...(alarms ? [['Alarms that ring', ...indented(alarms)].join('\n')] : []),
  ].join('\n\n');
}

const width = 36;

function section(title: string, rows: readonly (readonly [string, number])[]): string {
  return [title, ...indented(rows.map(([name, count]) => `${name.padEnd(width)}${String(count).padStart(8)}`))].join(
    '\n',
  );
}

const indented = (lines: readonly string[]): string[] =>
  (lines.length > 0 ? lines : ['none']).map((line) => `  ${line}`);

const minutes = (time: string): string => time.replace(/:\d\d\.\d+Z$/, 'Z');
