import type { KMSClient } from '@aws-sdk/client-kms';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod';
import { rotationWaits } from '../../contract/signing.ts';
import { createKeySet } from '../tokens/key-set.ts';
import { publishKeys } from '../tokens/publish-keys.ts';
import { signingKeySchema } from '../tokens/signing-key-schema.ts';
import { nextRecord } from './next-record.ts';
import { formatRecord, parseRecord } from './publication-record.ts';

const ids = z.array(z.string()).default([]);

/** CloudFormation hands numbers over as text. */
const seconds = z.coerce.number().int().nonnegative();

const properties = z.object({
  Keys: z.array(signingKeySchema).min(1),
  /** Ids of keys whose wait is lifted, by the step that need not wait. */
  Emergency: z.object({ active: ids, dropped: ids }).default({ active: [], dropped: [] }),
  PublishWait: seconds.default(rotationWaits.publish),
  DropWait: seconds.default(rotationWaits.drop),
});

const kidChars = 8;

export interface PublisherOptions {
  readonly kms: KMSClient;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Waits while IAM and KMS spread what the deployment has created, half a minute in all. */
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export interface Publication {
  readonly PhysicalResourceId: string;
  readonly Data: { readonly PublishedKeys?: string };
}

/**
 * What the custom resource answers: the public halves of the signing keys as the attribute `PublishedKeys` (JSON), and as physical id
 * the record of what has been published since when. Throws when a step of the rotation comes too early.
 */
export async function publish(
  event: CloudFormationCustomResourceEvent,
  { kms, now, sleep }: PublisherOptions,
): Promise<Publication> {
  if (event.RequestType === 'Delete') return { PhysicalResourceId: event.PhysicalResourceId, Data: {} };
  const { Keys, Emergency, PublishWait, DropWait } = properties.parse(event.ResourceProperties);
  const published = await publishKeys(kms, Keys, { sleep });
  const { keys } = await createKeySet(published);
  const record = nextRecord({
    record: event.RequestType === 'Update' ? parseRecord(event.PhysicalResourceId) : undefined,
    keys: keys.map(({ id, kid, state }) => ({ id, kid: kid.slice(0, kidChars), state })),
    waits: { publish: PublishWait, drop: DropWait },
    emergency: Emergency,
    now: Math.floor(now() / 1000),
  });
  return { PhysicalResourceId: formatRecord(record), Data: { PublishedKeys: JSON.stringify(published) } };
}
