import { GetPublicKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { PublishedKey } from '../../contract/signing.ts';

/** Seconds between two attempts while a new key or permission is not known everywhere yet. */
const pauses = [1, 2, 4, 8, 15];

export interface PublishOptions {
  /** Lets the publisher wait for what a deployment has just created. @default - an error of KMS is final */
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

/**
 * Reads the public keys from KMS. Runs at deployment, so that requests never need it: a token verifies and the key set is
 * served also while KMS is down.
 */
export function publishKeys(
  kms: KMSClient,
  keys: readonly Omit<PublishedKey, 'publicKey'>[],
  { sleep }: PublishOptions = {},
): Promise<PublishedKey[]> {
  return Promise.all(
    keys.map(async ({ id, algorithm, state, keyArn }) => {
      const { PublicKey } = await patiently(() => kms.send(new GetPublicKeyCommand({ KeyId: keyArn })), sleep);
      if (!PublicKey) throw new Error(`KMS returned no public key for signing key '${id}' (${keyArn})`);
      return { id, algorithm, state, keyArn, publicKey: Buffer.from(PublicKey).toString('base64') };
    }),
  );
}

/** IAM and KMS are eventually consistent: what CloudFormation has created may be refused or missing for some seconds. */
async function patiently<T>(attempt: () => Promise<T>, sleep: PublishOptions['sleep']): Promise<T> {
  for (const seconds of sleep ? pauses : []) {
    try {
      return await attempt();
    } catch (error) {
      if (!['AccessDeniedException', 'NotFoundException'].includes((error as Error).name)) throw error;
      await sleep?.(seconds * 1000);
    }
  }
  return attempt();
}
