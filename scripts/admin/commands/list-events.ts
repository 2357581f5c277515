import { CloudWatchLogsClient, type FilteredLogEvent, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { AdminError } from '../admin-error.ts';
import { lines } from '../text.ts';
import type { CommandInput, Result } from './command.ts';

type Audit = Readonly<Record<string, unknown>> & { readonly event: string; readonly time: number };

/** The newest audit events, oldest first. Events show in CloudWatch Logs some seconds after they were written. */
export async function listEvents({ given, target, now }: CommandInput): Promise<Result> {
  const client = new CloudWatchLogsClient(target.aws);
  try {
    const events: Audit[] = [];
    const pages = paginateFilterLogEvents(
      { client },
      {
        logGroupName: target.auditLogGroup,
        startTime: now().getTime() - given.since * 1000,
        filterPattern: pattern(given.user),
      },
    );
    for await (const page of pages) {
      events.push(...(page.events ?? []).flatMap(auditOf));
      // Only the newest are asked for, and they come last.
      if (events.length > given.limit) events.splice(0, events.length - given.limit);
    }
    events.sort((a, b) => a.time - b.time);
    return { data: { events }, lines: events.length === 0 ? ['no events'] : events.flatMap(described) };
  } finally {
    client.destroy();
  }
}

function pattern(user: string | undefined): string {
  if (user === undefined) return '{ $.audit.event = * }';
  if (/^[\w-]{1,128}$/.test(user)) return `{ $.audit.user.uid = "${user}" }`;
  throw new AdminError('USAGE', `--user '${user}' is not allowed; allowed is the id of a user, which show tells`);
}

function auditOf({ message = '' }: FilteredLogEvent): Audit[] {
  try {
    const { audit } = JSON.parse(message) as { audit?: Audit };
    return audit ? [audit] : [];
  } catch {
    return [];
  }
}

function described({ event, time, ...rest }: Audit): string[] {
  const { status_code, user, actor, src_endpoint } = rest;
  const known = Object.entries({ status_code, user, actor, src_endpoint }).filter(([, value]) => value !== undefined);
  return [`${new Date(time).toISOString()}  ${event}`, ...lines(Object.fromEntries(known)).map((line) => `  ${line}`)];
}
