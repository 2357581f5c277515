import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { keptFresh } from './kept-fresh.ts';

/** A new secret of the front is accepted after so many milliseconds at the latest. */
const freshFor = 60_000;
/** After a failure with older secrets at hand the next try waits for so long. */
const retryAfter = 5_000;

const accepted = z.array(z.string().min(32)).min(1).max(3);

/**
 * The secrets by which the front may prove itself, kept in memory for a minute. When they cannot be read, or are not what they should
 * be, the last good ones stay in force; without any the call rejects.
 */
export function originSecrets(
  secretsManager: SecretsManagerClient,
  secretArn: string,
  now: () => Date,
): () => Promise<readonly string[]> {
  const read = async () => {
    const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return parse(SecretString);
  };
  return keptFresh({ read, freshFor, retryAfter, now });
}

/** The error does not quote what it found. */
function parse(text: string): readonly string[] {
  try {
    return accepted.parse(JSON.parse(text));
  } catch {
    throw new Error('the origin secret is not a JSON array of one to three strings of 32 characters or more');
  }
}
