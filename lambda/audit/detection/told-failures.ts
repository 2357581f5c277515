import { randomBytes } from 'node:crypto';
import { rateLimitTableKeys } from '../../../contract/tables.ts';
import type { KeyedHash } from '../../limits/lockout/derived-key.ts';
import { type DetectionTable, keptFor } from './detection-table.ts';

/** Whether failures at a login are to be told: once in a window, of any number of parallel requests. Rejects when the table is down. */
export type ToldFailures = (login: string, at: number) => Promise<boolean>;

/** @param window seconds */
export function toldFailures(table: DetectionTable, hash: KeyedHash, window: number): ToldFailures {
  const { partitionKey } = rateLimitTableKeys;
  return async (login, at) => {
    // The SDK repeats a request whose answer was lost: its own claim is no one else's.
    const id = { S: randomBytes(9).toString('base64url') };
    const { done } = await table.change(`failures:${hash('failures', login)}`, at, {
      set: { claim: id, ...keptFor(at, window) },
      condition: `attribute_not_exists(${partitionKey}) OR #ttl <= :at OR claim = :0`,
    });
    return done;
  };
}
