import type { AuthOptions } from './auth-options.ts';

/** Better Auth options of this deployment: social providers, plugins, hooks. This file is yours to edit. */
const options: AuthOptions = {
  appName: 'Gatehouse',
  plugins: [],
};

export default options;
