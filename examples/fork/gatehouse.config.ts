import { defineConfig } from 'cdk-gatehouse';

/** What a fork's gatehouse.config.ts may look like; there, `authOptions` is lambda/auth/options.ts if you leave it out. */
export default defineConfig({
  stages: {
    dev: {
      region: 'eu-west-1',
      productName: 'Example (dev)',
      mail: { from: 'no-reply@dev.example.com' },
      trustedOrigins: ['http://localhost:5173'],
      authOptions: 'options.ts',
      // The providers of options.ts have secrets.
      providerSecrets: true,
    },
  },
});
