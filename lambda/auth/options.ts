import type { AuthOptions } from './auth-options.ts';

/**
 * Better Auth options of this deployment: social providers, plugins, hooks. This file is yours to edit. Some lines to start from, which
 * the tests run, are in examples/fork/options.ts; docs/plugins.md says what is checked.
 */
const options: AuthOptions = {
  appName: 'Gatehouse',
  plugins: [],
};

export default options;
