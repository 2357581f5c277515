import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LockoutSettings } from '../../../contract/lockout-defaults.ts';
import type { CounterRule } from './counter-row.ts';
import { counterStore } from './counter-store.ts';
import { keyedHash } from './derived-key.ts';
import { giveBack } from './give-back.ts';
import { liftAllLocks, liftLock } from './lift-locks.ts';
import { admittedAttempt, type LockScope, type PasswordAttempt, refusedAttempt } from './password-attempt.ts';
import { type Refusal, type Reservation, reserve } from './reserve.ts';

export interface LockoutDependencies {
  readonly client: DynamoDBClient;
  /** The rate-limit table. */
  readonly tableName: string;
  /** Derives the key of the hashes that rows go by, so that the table names no account. Under another secret nothing is counted yet. */
  readonly secret: string;
  readonly settings: LockoutSettings;
  /** @default the system clock */
  readonly now?: () => Date;
}

export interface Arrival {
  /** Whose password is guessed, as `loginOf` names it. It need not exist. */
  readonly login: string;
  /** As `sourceOf` names it. */
  readonly source: string;
  /** Set where this device signed in as `login` before. */
  readonly device: string | undefined;
}

export interface Lockout {
  /** Takes a place for a guess before the password is looked at. Rejects when the table cannot be reached: fail closed. */
  arrive(arrival: Arrival): Promise<PasswordAttempt>;
  /** Lifts every lock of these logins, of their sources and of their devices, and starts their counters anew. */
  unlock(logins: readonly string[]): Promise<void>;
  /** Lifts one lock. False when it no longer stands. */
  lift(lock: { readonly key: string; readonly lockId: string }): Promise<boolean>;
}

/** Counts failed guesses at passwords per account and source, and locks. State is in the table only; each step is one UpdateItem. */
export function createLockout(dependencies: LockoutDependencies): Lockout {
  const { client, tableName, secret, settings, now = () => new Date() } = dependencies;
  const store = counterStore(client, tableName);
  const hash = keyedHash(secret, 'lockout');
  const rowKey = (scope: LockScope, ...parts: string[]) => `lockout:${scope}:${hash(scope, ...parts)}`;
  const rules = rulesOf(settings);

  async function arriveAtDevice({ login, device }: Arrival & { device: string }, at: number): Promise<PasswordAttempt> {
    const key = rowKey('device', login, device);
    const first = await reserve(store, key, rules.device, at);
    const result = first.allowed ? first : await again(key, 'device', first, await unlockedAt(login), at);
    if (!result.allowed) return refusedAttempt('device');
    return admittedAttempt(store, [{ scope: 'device', reservation: result }]);
  }

  async function arriveUnknown({ login, source }: Arrival, at: number): Promise<PasswordAttempt> {
    const sourceKey = rowKey('source', login, source);
    // Together, since sign-in waits for the slower one. Whatever only one of them admits is given back.
    const [first, ofAccount] = await Promise.all([
      reserve(store, sourceKey, rules.source, at),
      reserve(store, rowKey('account', login), rules.account, at),
    ]);
    const ofSource = first.allowed ? first : await again(sourceKey, 'source', first, ofAccount.unlockedAt, at);
    if (ofSource.allowed && ofAccount.allowed) {
      return admittedAttempt(store, [
        { scope: 'source', reservation: ofSource },
        { scope: 'account', reservation: ofAccount },
      ]);
    }
    if (ofSource.allowed) await giveBack(store, ofSource);
    if (ofAccount.allowed) await giveBack(store, ofAccount);
    return refusedAttempt(ofAccount.allowed ? 'source' : 'account');
  }

  /** A lock from before the account was unlocked is none. */
  async function again(
    key: string,
    scope: 'source' | 'device',
    refusal: Refusal,
    unlocked: number,
    at: number,
  ): Promise<Reservation | Refusal> {
    const lifted = refusal.lockedAt > 0 && refusal.lockedAt <= unlocked;
    return lifted ? reserve(store, key, rules[scope], at, unlocked) : refusal;
  }

  async function unlockedAt(login: string): Promise<number> {
    return (await store.read(rowKey('account', login)))?.unlockedAt ?? 0;
  }

  return {
    arrive(arrival) {
      const { device } = arrival;
      const at = now().getTime();
      return device ? arriveAtDevice({ ...arrival, device }, at) : arriveUnknown(arrival, at);
    },
    async unlock(logins) {
      const at = now().getTime();
      const keepFor = rules.account.resetAfter;
      await Promise.all(logins.map((login) => liftAllLocks(store, rowKey('account', login), at, keepFor)));
    },
    lift: ({ key, lockId }) => liftLock(store, key, lockId, now().getTime()),
  };
}

function rulesOf(settings: LockoutSettings): Record<LockScope, CounterRule> {
  const { maxFailures, window, duration, maxDuration, resetAfter } = settings;
  const perSource = { max: maxFailures, window, duration, maxDuration, resetAfter };
  const { accountMaxFailures, accountWindow, accountDuration } = settings;
  return {
    source: perSource,
    device: perSource,
    account: {
      max: accountMaxFailures,
      window: accountWindow,
      duration: accountDuration,
      maxDuration: accountDuration,
      // The row also says when the account was unlocked, which locks of its sources are compared with.
      resetAfter: Math.max(accountWindow, accountDuration, maxDuration),
    },
  };
}
