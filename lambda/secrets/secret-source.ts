import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { logger } from '../audit/audit-log.ts';
import { recordFailure } from '../gateway/request-context.ts';
import { publishingDelay } from './secret-ring.ts';
import { parseSecret, type SecretVersion } from './secret-versions.ts';

export interface SecretSourceInput {
  readonly secretsManager: SecretsManagerClient;
  readonly secretArn: string;
  readonly now: () => Date;
}

/** Seconds after which a copy is read anew, beside the request that finds it so old. */
const oldAfter = 5 * 60;

/** Seconds after which a copy is read anew before the request: by then another version may sign. */
const staleAfter = publishingDelay;

/** Seconds between two reads that fail, or that a signature gave rise to: anybody can make one up. */
const cooldown = 30;

/** One container's copy of the secret. */
export class SecretSource {
  readonly #input: SecretSourceInput;
  #copy: { readonly versions: readonly SecretVersion[]; readonly text: string } | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(input: SecretSourceInput) {
    this.#input = input;
  }

  /**
   * The newest first.
   *
   * @throws SecretUnavailableError as long as there is no copy
   */
  async versions(): Promise<readonly SecretVersion[]> {
    if (!this.#copy) await this.#read().catch(unavailable);
    return this.#copy!.versions;
  }

  /**
   * Reads an old copy anew. A failure leaves the copy as it is, for a later request to try again.
   *
   * @param beside gets the read, where the request need not wait for it
   */
  async refreshOld(beside: (read: Promise<void>) => void): Promise<void> {
    const age = this.#since(this.#readAt);
    if (!this.#copy || age < oldAfter || this.#since(this.#triedAt) < cooldown) return;
    const failedBefore = this.#triedAt > this.#readAt;
    const read = this.#reread();
    if (age < staleAfter || failedBefore) beside(read);
    else await read;
  }

  /** Reads anew because of a signature that no version made. Answers whether that brought anything. */
  async refreshUnknown(): Promise<boolean> {
    if (!this.#reading && this.#since(this.#triedAt) < cooldown) return false;
    const before = this.#copy?.text;
    await this.#reread();
    return this.#copy?.text !== before;
  }

  #since(time: number): number {
    return (this.#input.now().getTime() - time) / 1000;
  }

  async #reread(): Promise<void> {
    await this.#read().catch((error: unknown) => {
      logger.warn('the auth secret cannot be read anew', { errorName: error instanceof Error ? error.name : '' });
    });
  }

  #read(): Promise<void> {
    this.#reading ??= this.#fetch().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #fetch(): Promise<void> {
    const { secretsManager, secretArn, now } = this.#input;
    this.#triedAt = now().getTime();
    const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretArn }));
    if (SecretString !== this.#copy?.text) this.#copy = { versions: parseSecret(SecretString), text: SecretString };
    this.#readAt = this.#triedAt;
  }
}

/** While the secret cannot be read the next request tries again. */
export class SecretUnavailableError extends Error {
  override readonly name = 'SecretUnavailableError';
}

function unavailable(cause: unknown): never {
  recordFailure('SECRET_UNAVAILABLE', cause);
  throw new SecretUnavailableError('the auth secret cannot be read', { cause });
}
