import { randomBytes } from 'node:crypto';
import { rateLimitTableKeys } from '../../../contract/tables.ts';
import type { KeyedHash } from '../../limits/lockout/derived-key.ts';
import { type DetectionTable, type Item, keptFor } from './detection-table.ts';
import type { SightedOrigin } from './origin-of.ts';

export interface EndedSession {
  readonly token: string;
  readonly userId: string;
  readonly sessionId: string;
  /** It ended itself; otherwise somebody else ended it, and its device need not know. */
  readonly signedOut: boolean;
  /** Where it was signed in. */
  readonly origin: SightedOrigin;
}

export interface ReusedSession {
  readonly reason: 'SIGNED_OUT_SESSION_USED' | 'REVOKED_SESSION_USED';
  readonly userId: string;
  readonly sessionId: string;
  /** By a request that the same browser may have sent before it heard of the sign-out: no reason to frighten anybody. */
  readonly harmless: boolean;
}

/** Sessions that have ended, for as long as their tokens may still be about. Both methods reject when the table cannot be reached. */
export interface EndedSessions {
  note(session: EndedSession, at: number): Promise<void>;
  /**
   * Whether the use of a token that names no session is suspicious, once a session: of parallel requests one is told so.
   *
   * @param sentAt when the request arrived
   */
  use(token: string, origin: SightedOrigin, sentAt: number): Promise<ReusedSession | undefined>;
}

/** For so many milliseconds after a sign-out other tabs may not have heard of it. */
const settling = 10_000;

/** @param memory seconds that an ended session is remembered */
export function endedSessions(table: DetectionTable, hash: KeyedHash, memory: number): EndedSessions {
  const keyOf = (token: string) => `ended:${hash('token', token)}`;
  const hashed = ({ network, browser }: SightedOrigin) => ({
    network: hash('network', network),
    browser: hash('browser', browser),
  });

  /** @param attribute what says that it was told */
  async function isFirst(key: string, attribute: 'told' | 'toldEarly', at: number): Promise<boolean> {
    // The SDK repeats a request whose answer was lost: its own claim is no one else's.
    const id = randomBytes(9).toString('base64url');
    const exists = `attribute_exists(${rateLimitTableKeys.partitionKey})`;
    const condition = `${exists} AND (attribute_not_exists(${attribute}) OR ${attribute} = :0)`;
    return (await table.change(key, at, { set: { [attribute]: { S: id } }, condition })).done;
  }

  return {
    async note({ token, userId, sessionId, signedOut, origin }, at) {
      const { network, browser } = hashed(origin);
      await table.change(keyOf(token), at, {
        set: {
          userId: { S: userId },
          sessionId: { S: sessionId },
          signedOut: { BOOL: signedOut },
          endedAt: { N: String(at) },
          network: { S: network },
          browser: { S: browser },
          ...keptFor(at, memory),
        },
      });
    },

    async use(token, origin, sentAt) {
      const key = keyOf(token);
      const item = await table.read(key, sentAt);
      if (!item || item.told || sentAt < Number(item.endedAt?.N)) return undefined;
      const { network, browser } = hashed(origin);
      const sameNetwork = item.network?.S === network;
      const sameBrowser = item.browser?.S === browser;
      const signedOut = item.signedOut?.BOOL === true;
      // Its own device, which learns of it just now.
      if (!signedOut && (sameNetwork || sameBrowser)) return undefined;
      const harmless = signedOut && sameNetwork && sameBrowser && sentAt - Number(item.endedAt?.N) < settling;
      if (harmless && item.toldEarly) return undefined;
      if (!(await isFirst(key, harmless ? 'toldEarly' : 'told', sentAt))) return undefined;
      return { ...subjectOf(item), harmless, reason: signedOut ? 'SIGNED_OUT_SESSION_USED' : 'REVOKED_SESSION_USED' };
    },
  };
}

const subjectOf = (item: Item) => ({ userId: item.userId?.S ?? '', sessionId: item.sessionId?.S ?? '' });
