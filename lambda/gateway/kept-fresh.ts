export interface KeptFreshInput<T> {
  /** @param before what was read last */
  readonly read: (before: T | undefined) => Promise<T>;
  /** Milliseconds for which it is not read again. */
  readonly freshFor: number;
  /** The same after a failure, while there is an older one to go on with. */
  readonly retryAfter: number;
  readonly now: () => Date;
}

/**
 * Keeps in memory what is read from elsewhere. While it cannot be read the last one stays; without any the call rejects, and the next one
 * tries again. Calls at the same time share a read.
 */
export function keptFresh<T>({ read, freshFor, retryAfter, now }: KeptFreshInput<T>): () => Promise<T> {
  let kept: { readonly value: T } | undefined;
  let nextRead = 0;
  let reading: Promise<void> | undefined;

  async function refresh(at: number): Promise<void> {
    try {
      kept = { value: await read(kept?.value) };
      nextRead = at + freshFor;
    } catch (error) {
      if (!kept) throw error;
      nextRead = at + retryAfter;
    }
  }

  return async () => {
    const at = now().getTime();
    if (at >= nextRead) {
      reading ??= refresh(at).finally(() => {
        reading = undefined;
      });
      await reading;
    }
    return kept!.value;
  };
}
