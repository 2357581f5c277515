import { APIError } from 'better-auth/api';
import { magicLink } from 'better-auth/plugins';
import type { AuthOptions } from 'cdk-gatehouse/auth-options';
import { sendLink } from './send-link.ts';

/** What a fork's lambda/auth/options.ts may look like, where the type comes from './auth-options.ts'. Take the parts that you need. */
const options: AuthOptions = {
  appName: 'Example',

  // Social providers. Set `providerSecrets: true` in gatehouse.config.ts; operators put the secrets there, under these names.
  socialProviders: async ({ providerSecret }) => ({
    github: { clientId: 'Iv1.0123456789abcdef', clientSecret: await providerSecret('github') },
    google: {
      clientId: '1234567890-example.apps.googleusercontent.com',
      clientSecret: await providerSecret('google'),
    },
  }),

  // The second factor is there already; this is how it is made stricter.
  secondFactor: { maxAttempts: 5, trustedDeviceDays: 7 },

  // Another way in. Codes and links that let somebody in are stored as hashes, or the function refuses to start.
  plugins: [magicLink({ storeToken: 'hashed', expiresIn: 600, sendMagicLink: sendLink })],

  // A rule of your own: only people of the company sign up, by whatever way.
  databaseHooks: {
    user: {
      create: {
        before: async ({ email }) => {
          if (email.endsWith('@example.com')) return;
          // Better Auth answers a 403 like a success, as it does for an address that is known.
          throw new APIError('BAD_REQUEST', {
            code: 'NOT_OF_THE_COMPANY',
            message: 'Only people of the company sign up here',
          });
        },
      },
    },
  },
};

export default options;
