import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { toOcsf } from '../audit/ocsf.ts';
import { safeText } from '../audit/safe-text.ts';

/** Writes the audit event of a deployment that published signing keys, or was refused. */
export function logPublication({ RequestId, ResourceProperties }: CloudFormationCustomResourceEvent, error?: unknown) {
  const event = error === undefined ? 'signing_keys_published' : 'signing_keys_refused';
  const audit = toOcsf(event, {
    requestId: RequestId,
    time: new Date(),
    code: error instanceof Error ? error.name : undefined,
    detail: error === undefined ? undefined : String(error),
    entity: { name: 'signing keys', data: { keys: ResourceProperties.Keys as unknown } },
  });
  const line = JSON.stringify({ level: error === undefined ? 'INFO' : 'ERROR', message: event, audit }, safeText);
  if (error === undefined) console.info(line);
  else console.error(line);
}
