import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { getSecurityMetrics } from '../../lambda/audit/security-metrics/get-security-metrics.ts';
import { AdminError, exitCodeOf } from '../admin/admin-error.ts';
import { explainError } from '../admin/explain-error.ts';
import { localTarget } from '../admin/local-target.ts';
import { stackTarget } from '../admin/stack-target.ts';
import { printsHelp } from '../arguments.ts';
import { type Arguments, parseArguments, usage } from './arguments.ts';
import { failureSources } from './failure-sources.ts';
import { type Report, render } from './render.ts';
import { ringingAlarms } from './ringing-alarms.ts';

export interface ReportHost {
  readonly now: () => Date;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** @returns the exit code, as the usage tells */
export async function runReport(argv: readonly string[], host: ReportHost): Promise<number> {
  if (printsHelp(argv, usage, host.print)) return 0;
  try {
    const given = parseArguments(argv);
    const report = await gather(given, host.now);
    host.print(given.json ? JSON.stringify(report, null, 2) : render(report));
    return 0;
  } catch (thrown) {
    const error = explainError(thrown);
    if (!(error instanceof AdminError)) throw error;
    const { code, message } = error;
    host.printError(argv.includes('--json') ? JSON.stringify({ code, message }) : `${code}: ${message}`);
    return exitCodeOf(error);
  }
}

async function gather({ since, place, region }: Arguments, now: () => Date): Promise<Report> {
  const target = await (place.kind === 'local' ? localTarget(place.url) : stackTarget(place.stack, region));
  const client = new CloudWatchClient(target.aws);
  try {
    const metrics = await getSecurityMetrics(since, { client, service: place.service, now });
    const [sources, alarms] = await Promise.all([
      failureSources(target, new Date(metrics.from)),
      place.kind === 'stack' ? ringingAlarms(target) : undefined,
    ]);
    return { stack: target.name, metrics, sources, ...(alarms && { alarms }) };
  } finally {
    client.destroy();
  }
}
