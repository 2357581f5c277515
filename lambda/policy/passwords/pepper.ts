import { recordFailure } from '../../gateway/request-context.ts';

/** A key that goes into password hashes and is kept apart from them. */
export interface Pepper {
  /** Stands in each hash that it went into. */
  readonly id: string;
  readonly key: string;
}

export interface PepperRing {
  /** Goes into new hashes; undefined when there is no pepper. @throws PepperUnavailableError */
  current(): Promise<Pepper | undefined>;
  /** @throws PepperUnavailableError */
  byId(id: string): Promise<Pepper>;
}

/** The request is answered 503: a password that cannot be verified is neither right nor wrong. */
export class PepperUnavailableError extends Error {
  override readonly name = 'PepperUnavailableError';
  readonly code = 'PEPPER_UNAVAILABLE';
}

/** For a deployment without pepper. Hashes that an earlier one stored with a pepper do not verify. */
export const noPepper: PepperRing = {
  current: async () => undefined,
  byId: async (id) => unavailable(`pepper '${id}' went into a hash, but no pepper is configured`),
};

/** Records the failure, which makes the answer a 503, and throws it. */
export function unavailable(message: string, cause?: unknown): never {
  const error = new PepperUnavailableError(message, { cause });
  recordFailure('PEPPER_UNAVAILABLE', error);
  throw error;
}
