import { fileURLToPath } from 'node:url';
import type { Change } from './change.ts';

const [published, rotated] = ['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z'];

/** The standby key signs, the one before retires, another takes its place; and the options name a plugin. */
export const rolledOutChange: Change = {
  settings: {
    authOptions: fileURLToPath(new URL('./one-time-token-options.ts', import.meta.url)),
    signingKeys: [
      { id: '2026-11-a', algorithm: 'ES256', state: 'retiring' },
      { id: '2026-11-b', algorithm: 'ES256', state: 'active' },
      { id: '2026-11-c', algorithm: 'ES256', state: 'next' },
    ],
  },
  lock: {
    version: 1,
    stages: {
      dev: {
        any: [
          {
            id: '2026-11-a',
            algorithm: 'ES256',
            state: 'retiring',
            since: { active: published, retiring: rotated },
          },
          {
            id: '2026-11-b',
            algorithm: 'ES256',
            state: 'active',
            since: { next: published, active: rotated },
            // The account is minutes old, and the deployment counts the wait from when it published the key itself.
            emergency: { active: 'a rehearsal' },
          },
          { id: '2026-11-c', algorithm: 'ES256', state: 'next', since: { next: rotated } },
        ],
      },
    },
  },
};
