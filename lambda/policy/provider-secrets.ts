import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A client secret cannot be had: the store of secrets is down, or nobody has put the secret there. */
export class ProviderSecretError extends Error {
  override readonly name = 'ProviderSecretError';
  readonly code = 'PROVIDER_SECRET_UNAVAILABLE' as const;
}

export type ProviderSecret = (name: string) => Promise<string>;

/**
 * Finds the client secrets of social providers, in one Secrets Manager secret: a JSON object, name → secret. It is read when the
 * first is asked for, and once.
 *
 * @param secretArn undefined when the deployment has no such secret
 */
export function providerSecrets(secretsManager: SecretsManagerClient, secretArn: string | undefined): ProviderSecret {
  let secrets: Promise<Record<string, unknown>> | undefined;
  return async (name) => {
    if (!secretArn) {
      throw new ProviderSecretError(
        `provider secret '${name}' is asked for, but the deployment has none; set providerSecrets in the configuration`,
      );
    }
    secrets ??= read(secretsManager, secretArn);
    const value = (await secrets)[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new ProviderSecretError(`provider secret '${name}' is not in ${secretArn}; put it there under this name`);
  };
}

async function read(secretsManager: SecretsManagerClient, secretArn: string): Promise<Record<string, unknown>> {
  try {
    const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretArn }));
    const secrets: unknown = JSON.parse(SecretString);
    if (typeof secrets === 'object' && secrets !== null) return secrets as Record<string, unknown>;
  } catch (cause) {
    // The parser quotes what it cannot read.
    const error = cause instanceof SyntaxError ? undefined : cause;
    throw new ProviderSecretError(`provider secrets cannot be read from ${secretArn}`, { cause: error });
  }
  throw new ProviderSecretError(`${secretArn} holds no JSON object; allowed is {"<name>": "<client secret>"}`);
}
