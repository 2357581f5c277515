import { createHash } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { withNextVersion } from '../../lambda/secrets/next-versions.ts';
import { formatSecret, parseSecret, type SecretVersion } from '../../lambda/secrets/secret-versions.ts';
import { SecretsError } from './secrets-error.ts';

export interface StoredSecret {
  readonly versions: readonly SecretVersion[];
  /** Secrets Manager's own name for this state of the secret. */
  readonly state: string;
}

export async function readSecret(client: SecretsManagerClient, secret: string): Promise<StoredSecret> {
  try {
    const { SecretString = '', VersionId = '' } = await client.send(new GetSecretValueCommand({ SecretId: secret }));
    return { versions: parseSecret(SecretString), state: VersionId };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      throw new SecretsError('SECRET_UNKNOWN', `there is no secret '${secret}' in this account and Region`);
    }
    if (error instanceof Error && error.message.startsWith('the auth secret')) {
      throw new SecretsError('SECRET_INVALID', error.message);
    }
    throw error;
  }
}

/** Adds a version. Of operators who do so on the same state one succeeds: they ask for it by the same token. */
export async function rotateSecret(
  client: SecretsManagerClient,
  secret: string,
  { now, leaked }: { readonly now: Date; readonly leaked: boolean },
): Promise<readonly SecretVersion[]> {
  const { versions, state } = await readSecret(client, secret);
  const next = withNextVersion(versions, now, { leaked });
  const ClientRequestToken = createHash('sha256').update(`rotate ${state}`).digest('hex');
  try {
    await client.send(
      new PutSecretValueCommand({ SecretId: secret, SecretString: formatSecret(next), ClientRequestToken }),
    );
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    throw new SecretsError('CONFLICT', 'somebody else rotated the secret at the same moment; nothing was changed');
  }
  return next;
}
