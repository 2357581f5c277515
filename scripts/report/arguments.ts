import { stages } from '../../contract/environment.ts';
import { type MetricPeriod, metricPeriods } from '../../contract/security-metrics.ts';
import { AdminError } from '../admin/admin-error.ts';
import { oneOf, readFlags } from '../arguments.ts';

/** Where it asks: the stack of a stage, or that of `npm start`. */
export type Place =
  | { readonly kind: 'stack'; readonly stack: string; readonly service: string }
  | { readonly kind: 'local'; readonly url: string; readonly service: string };

export interface Arguments {
  readonly since: MetricPeriod;
  readonly place: Place;
  readonly region?: string | undefined;
  readonly json: boolean;
}

const periods = Object.keys(metricPeriods) as MetricPeriod[];
const localAddress = 'http://localhost:3000';

export const usage = `npm run report -- [--since ${periods.join('|')}] (--stage ${stages.join('|')} | --local [URL]) [--json]

Sign-ins, failures, locks and suspicious activity, where failures came from, and the alarms that ring. --local is the stack of npm start,
at ${localAddress} unless given. Needs credentials with cloudformation:DescribeStacks, sts:GetCallerIdentity, cloudwatch:GetMetricData and
DescribeAlarms, and logs:FilterLogEvents on the audit log. --region names another Region than that of the credentials.
Exit codes: 0 done, 1 failed, 2 wrong call, 3 unknown stack, 4 no permission or no credentials.`;

const options = {
  since: { type: 'string', default: '24h' },
  stage: { type: 'string' },
  local: { type: 'boolean', default: false },
  region: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Throws `AdminError` `USAGE`. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = readFlags(argv, options, wrong);
  const { stage, local, region, json } = values;
  const since = oneOf('--since', values.since, periods, wrong);
  if ((stage !== undefined) === local) throw wrong('give one of --stage and --local');
  const [url = localAddress, ...more] = positionals;
  if (more.length > 0 || (!local && positionals.length > 0)) throw wrong(`'${positionals.at(-1)}' is not expected`);
  if (local) return { since, place: { kind: 'local', url: loopback(url), service: 'gatehouse-local' }, json };
  const known = oneOf('--stage', stage!, stages, wrong);
  const place = { kind: 'stack', stack: `Gatehouse-${known}`, service: `gatehouse-${known}` } as const;
  return { since, place, region, json };
}

/** Nothing but this machine is asked with local credentials. */
function loopback(text: string): string {
  const [, found] = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?)\/?$/.exec(text) ?? [];
  if (found) return found;
  throw wrong(`--local '${text}' is not allowed; allowed is the address that npm start prints: ${localAddress}`);
}

const wrong = (message: string) => new AdminError('USAGE', `${message}\n\n${usage}`);
