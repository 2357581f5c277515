import type { StageConfig } from '../../lib/config.ts';

const hostedZone = { id: 'Z0123456789EXAMPLE000', name: 'example.com' };

/** The stage whose resources docs/costs.md counts: of its own, so that the page does not follow anybody's gatehouse.config.ts. */
export const referenceStage: StageConfig = {
  region: 'eu-west-1',
  domain: { name: 'auth.example.com', hostedZone },
  mail: { from: 'no-reply@example.com', hostedZone },
  trustedOrigins: ['https://app.example.com'],
  adminNetworks: [],
  blockedNetworks: [],
  signingKeys: [
    { id: 'a', algorithm: 'ES256', state: 'active' },
    { id: 'b', algorithm: 'ES256', state: 'next' },
  ],
};
