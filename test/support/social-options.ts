import { genericOAuth } from 'better-auth/plugins';
import type { AuthOptions } from '../../lambda/auth/auth-options.ts';

/** Two providers, as a fork would add them. @param addresses of their discovery documents */
export const optionsFor = (addresses: { acme: string; other: string }, more: AuthOptions = {}): AuthOptions => ({
  appName: 'Test',
  plugins: async ({ providerSecret }) => {
    const clientSecret = await providerSecret('acme');
    const provider = (providerId: string, discoveryUrl: string) => ({
      providerId,
      discoveryUrl,
      clientId: 'gatehouse',
      clientSecret,
    });
    return [genericOAuth({ config: [provider('acme', addresses.acme), provider('other', addresses.other)] })];
  },
  ...more,
});
