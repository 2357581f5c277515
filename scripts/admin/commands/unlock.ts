import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { lockoutDefaults } from '../../../contract/lockout-defaults.ts';
import { createLockout } from '../../../lambda/limits/lockout/lockout.ts';
import type { LockoutOptions } from '../../../lambda/limits/lockout/lockout-options.ts';
import { loginsOf } from '../../../lambda/limits/lockout/login.ts';
import { secretRing } from '../../../lambda/secrets/secret-ring.ts';
import { parseSecret } from '../../../lambda/secrets/secret-versions.ts';
import type { Target } from '../target.ts';
import type { Result, UserInput } from './command.ts';

/** Lifts every lock of a user's sign-in. Rows of locks go by a hash under Better Auth's secret, so it has to read that. */
export async function unlock(input: UserInput, options: LockoutOptions | undefined): Promise<Result> {
  const { store, target, user, now } = input;
  const lockout = createLockout({
    client: store.client,
    tableName: target.rateLimitTable,
    secret: await stableSecret(target, now()),
    settings: { ...lockoutDefaults, ...options },
    now,
  });
  await lockout.unlock(loginsOf(user));
  return { data: { user: { id: user.id } }, lines: [`all locks of ${user.email} are lifted`] };
}

async function stableSecret({ authSecret, aws }: Target, now: Date): Promise<string> {
  const client = new SecretsManagerClient(aws);
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: authSecret }));
    return secretRing(parseSecret(SecretString), now, 0).stable.value;
  } finally {
    client.destroy();
  }
}
