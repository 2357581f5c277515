import assert from 'node:assert/strict';
import type { ExampleCheck } from './check-examples.ts';
import { expectBundled } from './expect-bundle.ts';

/** The function is bundled with the fork's options, and may read the secrets of its providers. */
export const fork: ExampleCheck = {
  formats: ['esm', 'cjs'],
  async expectations(assembly) {
    const auth = assembly.resource('Gatehouse-dev', 'AWS::Lambda::Function', /AuthFunction/);
    await expectBundled(assembly, auth, 'NOT_OF_THE_COMPANY');
    const secrets = assembly.resource('Gatehouse-dev', 'AWS::SecretsManager::Secret', /ProviderSecrets/);
    const { GATEHOUSE_PROVIDER_SECRETS_ARN } = auth.Properties.Environment.Variables;
    assert.equal(assembly.target(GATEHOUSE_PROVIDER_SECRETS_ARN), secrets.id);
  },
};
