import { type LockoutSettings, lockoutDefaults } from '../../../../contract/lockout-defaults.ts';
import { createLockout, type Lockout } from '../../../../lambda/limits/lockout/lockout.ts';
import type { Lock, LockScope } from '../../../../lambda/limits/lockout/password-attempt.ts';
import type { startTables } from '../../../support/tables.ts';
import { testClock } from './clock.ts';

export type Guessed = 'right' | 'wrong' | LockScope;

export const secret = 'a secret of the tests, 0123456789-0123456789';

let accounts = 0;

/** A lockout whose clock the test moves, and an account and a source that no other test knows. */
export function guessing(tables: Awaited<ReturnType<typeof startTables>>, settings: Partial<LockoutSettings> = {}) {
  const clock = testClock();
  const lockout = createLockout({
    client: tables.client,
    tableName: 'limits',
    secret,
    settings: { ...lockoutDefaults, ...settings },
    now: clock.now,
  });
  const login = `email:account-${++accounts}@example.com`;
  return { lockout, login, ...clock, ...guesserFor(lockout, login) };
}

/** Guesses one after the other; the defaults are an unknown device at one source. */
export function guesserFor(lockout: Lockout, login: string) {
  interface From {
    readonly source?: string;
    readonly device?: string;
  }
  async function guess(right: boolean, { source = '203.0.113.1', device }: From = {}) {
    const attempt = await lockout.arrive({ login, source, device });
    if (attempt.refusedBy) return { result: attempt.refusedBy, locks: [] as Lock[] };
    if (!right) return { result: 'wrong' as const, locks: await attempt.fail() };
    await attempt.giveBack();
    return { result: 'right' as const, locks: [] as Lock[] };
  }
  return {
    right: async (from?: From): Promise<Guessed> => (await guess(true, from)).result,
    wrong: async (from?: From): Promise<Guessed> => (await guess(false, from)).result,
    /** Wrong guesses, and the locks that they set. */
    async fail(times: number, from?: From): Promise<Lock[]> {
      const locks: Lock[] = [];
      for (let time = 0; time < times; time++) locks.push(...(await guess(false, from)).locks);
      return locks;
    },
  };
}
