import { requestContext } from '../../gateway/request-context.ts';
import type { Admission, StoredSession } from './admission.ts';
import type { SessionRow } from './session-row.ts';

/** What a request knows of a session that it is about to create. */
export interface Arrival {
  readonly admission: Admission;
  /** Its transaction, if it has begun to read, and what it waits for before it writes. */
  readonly begun?: { readonly stored: Promise<StoredSession>; arrive(session: SessionRow): void };
}

type Store = (admission: Admission, session: () => Promise<SessionRow>) => Promise<StoredSession>;

/** Sessions that requests are about to create, by token. They are forgotten with their request. */
export class Arrivals {
  readonly #byRequest = new WeakMap<object, Map<string, Arrival>>();
  readonly #begunBefore = new WeakMap<object, Map<string, number | null>>();
  readonly #store: Store;

  /** @param store reads before it asks for the session */
  constructor(store: Store) {
    this.#store = store;
  }

  /** Remembers how many sessions the user had begun when the request first read the user. */
  noteUser({ id, sessionsBegun = null }: { readonly id: string; readonly sessionsBegun?: number | null }): void {
    const request = requestContext();
    if (!request) return;
    const known = this.#begunBefore.get(request) ?? new Map<string, number | null>();
    if (!known.has(id)) this.#begunBefore.set(request, known.set(id, sessionsBegun));
  }

  /** @param early begin to read while Better Auth goes on to where it has the session */
  expect(token: string, expected: Admission, early: boolean): void {
    const request = requestContext();
    if (!request) return;
    const admission = { ...expected, begunBefore: this.#begunBefore.get(request)?.get(expected.userId) };
    const arrivals = this.#byRequest.get(request) ?? new Map<string, Arrival>();
    this.#byRequest.set(request, arrivals.set(token, { admission, ...(early && { begun: this.#begin(admission) }) }));
  }

  find(token: string): Arrival | undefined {
    const request = requestContext();
    return request && this.#byRequest.get(request)?.get(token);
  }

  #begin(admission: Admission): Arrival['begun'] {
    let arrive: (session: SessionRow) => void = () => {};
    const arrival = new Promise<SessionRow>((resolve) => {
      arrive = resolve;
    });
    const stored = this.#store(admission, () => arrival);
    // Whoever brings the session gets the error. A user who turns out to be banned brings none.
    stored.catch(() => {});
    return { arrive, stored };
  }
}
