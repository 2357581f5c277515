import { IdentityStoreError } from './errors.ts';

export type Report = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs operations and reports each failure of the store once, even if it passes through a transaction as well. */
export function reportTo(onFailure: (error: IdentityStoreError) => void): Report {
  const reported = new WeakSet<IdentityStoreError>();
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      if (isStoreFailure(error) && !reported.has(error)) {
        reported.add(error);
        onFailure(error);
      }
      throw error;
    }
  };
}

/** Everything else is an answer: a duplicate, or a mistake of the caller. */
const isStoreFailure = (error: unknown): error is IdentityStoreError =>
  error instanceof IdentityStoreError && (error.code === 'STORE_UNAVAILABLE' || error.code === 'CONFLICT');
