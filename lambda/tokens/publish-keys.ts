import { GetPublicKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { PublishedKey } from '../../contract/signing.ts';

/**
 * Reads the public keys from KMS. Runs at deployment, so that requests never need it: a token verifies and the key set is
 * served also while KMS is down.
 */
export function publishKeys(kms: KMSClient, keys: readonly Omit<PublishedKey, 'publicKey'>[]): Promise<PublishedKey[]> {
  return Promise.all(
    keys.map(async ({ id, algorithm, state, keyArn }) => {
      const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: keyArn }));
      if (!PublicKey) throw new Error(`KMS returned no public key for signing key '${id}' (${keyArn})`);
      return { id, algorithm, state, keyArn, publicKey: Buffer.from(PublicKey).toString('base64') };
    }),
  );
}
