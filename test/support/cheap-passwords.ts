import type { AuthOptions } from '../../lambda/auth/auth-options.ts';
import type { PasswordOptions } from '../../lambda/policy/passwords/password-options.ts';

/** For tests in which the time that a hash takes is not the point; `prod` would refuse it. */
export const cheapCost = { N: 16, r: 8, p: 1 };

/** What to start a container with so that it hashes cheaply. */
export const withCheapPasswords = (passwords: PasswordOptions = {}, options: AuthOptions = {}) => ({
  options: { appName: 'Test', ...options, passwords: { cost: cheapCost, ...passwords } },
  variables: { GATEHOUSE_STAGE: 'dev' },
});
