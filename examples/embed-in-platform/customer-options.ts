import type { AuthOptions } from 'cdk-gatehouse/auth-options';

/** Better Auth options of the customers' sign-in, as in `lambda/auth/options.ts` of a fork. */
const options: AuthOptions = {
  appName: 'Example',
  sessions: { maxPerUser: 3 },
};

export default options;
