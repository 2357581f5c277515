import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { noPepper, type PepperRing } from './pepper.ts';

/** The pepper in Secrets Manager; none without an ARN. */
export function pepperSecret(
  client: SecretsManagerClient,
  arn: string | undefined,
  now = () => new Date(),
): PepperRing {
  if (arn === undefined) return noPepper;
  const read = async () => (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString ?? '';
  // Deployments without pepper do not load it.
  const ring = import('./pepper-ring.ts').then(({ pepperRing }) => pepperRing({ read, now }));
  return {
    current: async () => (await ring).current(),
    byId: async (id) => (await ring).byId(id),
  };
}
