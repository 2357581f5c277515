import { oneTimeToken } from 'better-auth/plugins';
import type { AuthOptions } from '../../lambda/auth/auth-options.ts';

/** A fork's options, with a plugin that the deployment before did not have. */
const options: AuthOptions = { plugins: [oneTimeToken()] };

export default options;
