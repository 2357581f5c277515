import { randomUUID } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { AuditEventId } from '../../lambda/audit/catalogue.ts';
import { toOcsf } from '../../lambda/audit/ocsf.ts';
import { safeText } from '../../lambda/audit/safe-text.ts';
import { AdminError } from './admin-error.ts';
import { explainError } from './explain-error.ts';
import type { Target } from './target.ts';

/** What is recorded of a use, beside who and when. Ids only, no address: it stays when the user is erased. */
export interface Use {
  readonly command: string;
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Why it failed. */
  readonly code?: string | undefined;
}

type OperatorEvent = Extract<AuditEventId, `operator_${string}`>;

export interface AuditRecord {
  /** Rejects when the event was not stored. */
  write(id: OperatorEvent, use: Use): Promise<void>;
  close(): void;
}

/**
 * The audit events of an operator's use of a command, in the group of the function's own, in the same shape, in a stream
 * `operators/<who>`. Throws `AdminError` while events cannot be written: then nothing must be done.
 */
export async function openRecord(target: Target, now: () => Date): Promise<AuditRecord> {
  const client = new CloudWatchLogsClient(target.aws);
  const stream = { logGroupName: target.auditLogGroup, logStreamName: streamOf(target.operator) };
  const requestId = randomUUID();
  await client.send(new CreateLogStreamCommand(stream)).catch((error: unknown) => {
    if (!(error instanceof ResourceAlreadyExistsException)) throw notRecorded(error);
  });

  return {
    async write(id, { command, userId, sessionId, code }) {
      const time = now();
      const facts = { requestId, time, code, userId, sessionId, actorId: target.operator, unmapped: { command } };
      const message = JSON.stringify({ level: 'INFO', message: id, audit: toOcsf(id, facts) }, safeText);
      const logEvents = [{ timestamp: time.getTime(), message }];
      const { rejectedLogEventsInfo } = await client
        .send(new PutLogEventsCommand({ ...stream, logEvents }))
        .catch((error: unknown) => {
          throw notRecorded(error);
        });
      // CloudWatch Logs answers 200 to an event that it does not store, because of its time for one.
      if (rejectedLogEventsInfo) throw notRecorded(new Error('the clock of this machine is wrong'));
    },
    close: () => client.destroy(),
  };
}

/** Names of streams have neither ':' nor '*'; what stands before the principal in an ARN is the account's. */
const streamOf = (operator: string): string =>
  `operators/${operator.replace(/^(?:[^:]*:){5}/, '').replaceAll(/[:*]/g, '-')}`;

function notRecorded(error: unknown): AdminError {
  const explained = explainError(error);
  const reason = explained instanceof Error ? explained.message : String(explained);
  const code =
    explained instanceof AdminError &&
    (explained.code === 'PERMISSION_MISSING' || explained.code === 'CREDENTIALS_MISSING')
      ? explained.code
      : 'AUDIT_UNAVAILABLE';
  return new AdminError(code, `the audit event cannot be written: ${reason}`, { cause: error });
}
