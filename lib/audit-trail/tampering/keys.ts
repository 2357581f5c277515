import { callPattern, type TamperPattern } from './pattern.ts';

const everyKey = ['CancelKeyDeletion', 'DisableKey', 'EnableKey', 'PutKeyPolicy', 'ScheduleKeyDeletion'];

/** Whoever may use or stop a signing key decides who signs tokens. No service of AWS has a grant on one. */
export const signingKeys = (arns: readonly string[]): TamperPattern => ({
  subject: 'a signing key',
  pattern: callPattern({
    services: ['kms'],
    names: [
      ...everyKey,
      'CreateAlias',
      'CreateGrant',
      'DeleteAlias',
      'DeleteImportedKeyMaterial',
      'ImportKeyMaterial',
      'ReplicateKey',
      'UpdateAlias',
      'UpdatePrimaryRegion',
    ],
    resources: arns,
  }),
});

/** Services of AWS make grants on these by themselves. */
export const encryptionKeys = (arns: readonly string[]): TamperPattern => ({
  subject: 'a key that encrypts users, sessions, secrets or logs',
  pattern: callPattern({ services: ['kms'], names: [...everyKey, 'DisableKeyRotation'], resources: arns }),
});
