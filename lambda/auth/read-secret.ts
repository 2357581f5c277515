import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Better Auth derives cookie signatures and encryption from it; ASVS 5.0 11.4.x asks for 128 bits at least. */
const minLength = 32;

export async function readSecret(secretsManager: SecretsManagerClient, secretArn: string): Promise<string> {
  const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (!SecretString || SecretString.length < minLength) {
    throw new Error(`the auth secret has ${SecretString?.length ?? 0} characters; allowed are ${minLength} or more`);
  }
  return SecretString;
}
