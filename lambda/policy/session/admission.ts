import { APIError } from 'better-auth/api';
import type { DBAdapter, Where } from 'better-auth/types';
import { provisionalLifetime, sessionsToEnd } from './cap.ts';
import { earlier, firstEnd } from './lifetime.ts';
import type { SessionPolicy } from './session-options.ts';
import type { SessionRow } from './session-row.ts';

/** The part of a database that works inside a transaction. */
export type Transaction = Omit<DBAdapter, 'transaction'>;

/** What the request that creates a session tells of it. */
export interface Admission {
  readonly userId: string;
  /** Token of the session that the request itself came with, if it is this user's. */
  readonly replaced?: string | undefined;
  /** Whether a user with a second factor has to show it before the session counts. */
  readonly challenges: boolean;
  /** How many sessions the user had begun, when the request last read the user. */
  readonly begunBefore?: number | null | undefined;
}

export interface StoredSession {
  readonly session: SessionRow;
  /** It awaits its second factor: `confirm` makes it count. */
  readonly provisional: boolean;
}

interface UserRow {
  readonly twoFactorEnabled?: boolean | null;
  readonly banned?: boolean | null;
  readonly banExpires?: Date | null;
}

/** More than any cap; a user with more sessions had them before there was one. */
const allSessions = 1000;

/**
 * Stores new sessions. The cap is exact: whoever stores a session counts it on its user's row too, guarded by the state in which that
 * row was read together with the sessions. So of rivals for the last place one wins, and the others look again.
 */
export class Admissions {
  readonly #policy: SessionPolicy;
  readonly #now: () => Date;

  constructor(policy: SessionPolicy, now: () => Date) {
    this.#policy = policy;
    this.#now = now;
  }

  /**
   * Stores a session in a transaction, and ends those that it leaves no room for. It reads before it needs to know the session, so
   * that the caller can do so too. One that awaits its second factor ends none, and lasts a minute: a stranger who knows the
   * password alone must not end anybody's sessions.
   *
   * @throws APIError TOO_MANY_SESSIONS
   */
  async store(
    transaction: Transaction,
    admission: Admission,
    created: () => Promise<SessionRow>,
  ): Promise<StoredSession> {
    const { user, sessions } = await this.#lock(transaction, admission);
    const provisional = admission.challenges && user.twoFactorEnabled === true;
    if (!provisional) await this.#makeRoom(transaction, admission, sessions);
    const data = this.#begun(await created());
    const shortened = earlier(data.expiresAt, new Date(data.createdAt.getTime() + provisionalLifetime * 1000));
    const stored = (await transaction.create({
      model: 'session',
      data: { ...data, ...(provisional && { expiresAt: shortened }) },
    })) as unknown as SessionRow;
    return { session: { ...stored, expiresAt: data.expiresAt }, provisional };
  }

  /** Stores a session that no cap counts. It writes the user's row too: of it and a ban one is first, and neither misses the other. */
  async storeImpersonation(transaction: Transaction, session: SessionRow): Promise<SessionRow> {
    this.#admissible(await countBegun(transaction, [isUser(session)]));
    return (await transaction.create({ model: 'session', data: this.#begun(session) })) as unknown as SessionRow;
  }

  /**
   * Makes a provisional session a full one.
   *
   * @throws APIError TOO_MANY_SESSIONS
   */
  async confirm(transaction: Transaction, session: SessionRow): Promise<void> {
    const admission = { userId: session.userId, challenges: false };
    const { sessions } = await this.#lock(transaction, admission);
    await this.#makeRoom(transaction, admission, sessions);
    const where = [{ field: 'token', value: session.token }];
    const update = { expiresAt: session.expiresAt };
    if (!(await transaction.update({ model: 'session', where, update }))) throw gone();
  }

  /** A session as it is stored: seen now, and not longer than the policy grants. */
  #begun(session: SessionRow): SessionRow {
    return { ...session, expiresAt: firstEnd(session, this.#policy), lastSeenAt: this.#now() };
  }

  /**
   * Of rivals one gets to write the user's row in the state in which it was read. The sessions have to be read after that, or what a
   * rival began in between would be missing.
   */
  async #lock(transaction: Transaction, admission: Admission) {
    const { begunBefore } = admission;
    if (begunBefore !== undefined) {
      // No session has begun since the request read the user, so both can be read at once.
      const [user, sessions] = await Promise.all([
        countBegun(transaction, [isUser(admission), { field: 'sessionsBegun', value: begunBefore }]),
        this.#sessionsOf(transaction, admission),
      ]);
      if (user) return { user: this.#admissible(user), sessions };
    }
    const user = this.#admissible(await countBegun(transaction, [isUser(admission)]));
    return { user, sessions: await this.#sessionsOf(transaction, admission) };
  }

  /** The admin plugin looked before; a ban that came between is seen here, in the row that is being written. */
  #admissible(user: UserRow | null): UserRow {
    if (!user) throw gone();
    const isBanned = user.banned === true && !(user.banExpires && user.banExpires <= this.#now());
    if (isBanned) throw banned();
    return user;
  }

  /** Without a cap there can be any number, and nobody asks. */
  async #sessionsOf(transaction: Transaction, { userId }: Admission): Promise<SessionRow[]> {
    if (this.#policy.maxPerUser === false) return [];
    return transaction.findMany({ model: 'session', where: [{ field: 'userId', value: userId }], limit: allSessions });
  }

  async #makeRoom(transaction: Transaction, { replaced }: Admission, sessions: readonly SessionRow[]): Promise<void> {
    const ending = sessionsToEnd(sessions, this.#policy, this.#now(), replaced).map(({ token }) => token);
    if (ending.length === 0) return;
    await transaction.deleteMany({ model: 'session', where: [{ field: 'token', operator: 'in', value: ending }] });
  }
}

const isUser = ({ userId }: { readonly userId: string }): Where => ({ field: 'id', value: userId });

const countBegun = (transaction: Transaction, where: Where[]) =>
  transaction.incrementOne<UserRow>({ model: 'user', where, increment: { sessionsBegun: 1 } });

/** As the admin plugin words it. */
const banned = () =>
  APIError.from('FORBIDDEN', {
    code: 'BANNED_USER',
    message: 'You have been banned from this application. Please contact support if you believe this is an error.',
  });

/** The user was deleted, or the session ended, meanwhile. */
const gone = () =>
  APIError.from('UNAUTHORIZED', { code: 'FAILED_TO_CREATE_SESSION', message: 'The session could not be created.' });
