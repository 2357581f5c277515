import type { StageConfig } from '../../lib/config.ts';
import type { SigningKeyLock } from '../../lib/signing-key-lock.ts';
import { account, region } from '../../local/aws/protocol.ts';

/** The stage that the tests deploy: theirs, so that they hold whatever gatehouse.config.ts says. */
export const stage: StageConfig = {
  account,
  region,
  productName: 'Gatehouse (dev)',
  mail: { from: 'no-reply@dev.example.com' },
  trustedOrigins: ['https://app.dev.example.com'],
  signingKeys: [
    { id: '2026-11-a', algorithm: 'ES256', state: 'active' },
    { id: '2026-11-b', algorithm: 'ES256', state: 'next' },
  ],
};

const published = '2026-11-01T00:00:00.000Z';

/** The record of its keys. */
export const lock: SigningKeyLock = {
  version: 1,
  stages: {
    dev: {
      any: [
        { id: '2026-11-a', algorithm: 'ES256', state: 'active', since: { active: published } },
        { id: '2026-11-b', algorithm: 'ES256', state: 'next', since: { next: published } },
      ],
    },
  },
};
