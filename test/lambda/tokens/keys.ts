import { CreateKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import {
  type PublishedKey,
  type SigningAlgorithm,
  type SigningKeyState,
  signingAlgorithms,
} from '../../../contract/signing.ts';
import { publishKeys } from '../../../lambda/tokens/publish-keys.ts';

/** A new key in KMS, published. */
export async function publishedKey(
  kms: KMSClient,
  id: string,
  algorithm: SigningAlgorithm = 'ES256',
  state: SigningKeyState = 'active',
): Promise<PublishedKey> {
  const { keySpec } = signingAlgorithms[algorithm];
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: keySpec, KeyUsage: 'SIGN_VERIFY' }));
  const [key] = await publishKeys(kms, [{ id, algorithm, state, keyArn: KeyMetadata!.Arn! }]);
  return key!;
}
