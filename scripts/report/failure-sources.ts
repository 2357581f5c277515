import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Target } from '../admin/target.ts';

export interface Source {
  readonly ip: string;
  readonly failures: number;
}

export interface FailureSources {
  /** Most failures first. */
  readonly top: readonly Source[];
  /** False when there were more events than are read: then it tells of the earliest only. */
  readonly complete: boolean;
}

/** Pages of events that are read; each page is up to 10,000 events. */
const maxPages = 20;
const shown = 10;

interface LoggedEvent {
  readonly audit?: { readonly status_id?: number; readonly src_endpoint?: { readonly ip?: string } };
}

/** Where failed requests came from, as the audit log has it. */
export async function failureSources(target: Target, from: Date): Promise<FailureSources> {
  const client = new CloudWatchLogsClient(target.aws);
  const counts = new Map<string, number>();
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < maxPages; page++) {
      const { events = [], nextToken: next } = await client.send(
        new FilterLogEventsCommand({
          logGroupName: target.auditLogGroup,
          startTime: from.getTime(),
          filterPattern: '{ $.audit.src_endpoint.ip = * }',
          nextToken,
        }),
      );
      for (const { message = '{}' } of events) {
        const { audit } = JSON.parse(message) as LoggedEvent;
        const ip = audit?.status_id === 2 ? audit.src_endpoint?.ip : undefined;
        if (ip) counts.set(ip, (counts.get(ip) ?? 0) + 1);
      }
      nextToken = next;
      if (!next) break;
    }
  } finally {
    client.destroy();
  }
  const top = [...counts].map(([ip, failures]) => ({ ip, failures })).sort((a, b) => b.failures - a.failures);
  return { top: top.slice(0, shown), complete: nextToken === undefined };
}
