import { createHash } from 'node:crypto';
import { type SigningKeyState, signingKeyStates } from '../../contract/signing.ts';

/** A key as the custom resource published it. Times are epoch seconds of this machine's clock. */
export interface Publication {
  readonly id: string;
  /** First characters of the RFC 7638 thumbprint: a key that takes another's id is another key. */
  readonly kid: string;
  readonly state: SigningKeyState;
  /** When the key was first published, without a break since. */
  readonly published: number;
  /** When it came into its state. */
  readonly since: number;
}

/** What was published when, and the fingerprint of what was published before that. */
export interface PublicationRecord {
  readonly keys: readonly Publication[];
  readonly previous: string;
}

const prefix = 'gatehouse-keys/1';

/** CloudFormation's limit: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
const maxPhysicalIdChars = 1024;

/**
 * The record is the resource's physical id: CloudFormation alone stores it and hands it back with the next update, so that it needs
 * no permission, and nobody edits it beside a deployment.
 */
export function formatRecord({ keys, previous }: PublicationRecord): string {
  const entries = keys.map((key) => `${name(key)}=${key.state}/${key.published}/${key.since}`);
  const text = [prefix, previous || '-', ...entries].join(';');
  if (text.length <= maxPhysicalIdChars) return text;
  throw new Error(
    `${keys.length} keys need a record of ${text.length} characters; allowed are ${maxPhysicalIdChars}: drop retired keys`,
  );
}

/** Undefined: this resource has kept no record yet. */
export function parseRecord(physicalId: string | undefined): PublicationRecord | undefined {
  const [start, previous, ...entries] = physicalId?.split(';') ?? [];
  if (start !== prefix || previous === undefined) return undefined;
  return { previous: previous === '-' ? '' : previous, keys: entries.map(parseEntry) };
}

function parseEntry(entry: string): Publication {
  const match = /^([A-Za-z0-9-]+)\.([\w-]+)=([a-z]+)\/(\d+)\/(\d+)$/.exec(entry);
  const state = signingKeyStates.find((known) => known === match?.[3]);
  if (!match || !state) throw new Error(`the record of published keys has an entry '${entry}' that cannot be read`);
  return { id: match[1]!, kid: match[2]!, state, published: Number(match[4]), since: Number(match[5]) };
}

/** The same for the same keys in the same states. */
export const fingerprint = (keys: readonly Pick<Publication, 'id' | 'kid' | 'state'>[]): string =>
  createHash('sha256')
    .update(
      keys
        .map((key) => `${name(key)}=${key.state}`)
        .sort()
        .join(';'),
    )
    .digest('hex')
    .slice(0, 16);

export const name = ({ id, kid }: Pick<Publication, 'id' | 'kid'>): string => `${id}.${kid}`;
