import { defineConfig } from './lib/index.ts';

/**
 * What to deploy, by stage. Every setting is described in lib/stage-config.ts, and a wrong one is an error at synth that names it.
 * What Better Auth does is set in lambda/auth/options.ts.
 */
export default defineConfig({
  stages: {
    dev: {
      productName: 'Gatehouse (dev)',
      mail: { from: 'no-reply@dev.example.com' },
      trustedOrigins: ['http://localhost:5173'],
      signingKeys: [
        { id: '2026-11-a', algorithm: 'ES256', state: 'active' },
        { id: '2026-11-b', algorithm: 'ES256', state: 'next' },
      ],
    },
    prod: {
      productName: 'Gatehouse',
      domain: { name: 'auth.example.com', hostedZone: { id: 'Z0123456789EXAMPLE000', name: 'example.com' } },
      mail: { from: 'no-reply@example.com', hostedZone: { id: 'Z0123456789EXAMPLE000', name: 'example.com' } },
      trustedOrigins: ['https://app.example.com'],
      // Networks of your administrators; with none, nobody reaches the admin endpoints.
      adminNetworks: [],
      blockedNetworks: [],
      signingKeys: [
        { id: '2026-11-a', algorithm: 'ES256', state: 'active' },
        { id: '2026-11-b', algorithm: 'ES256', state: 'next' },
      ],
    },
  },
});
