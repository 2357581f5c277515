import { defaultBreachTimeout, defaultRangeEndpoint, passwordPolicies } from '../../../contract/password-defaults.ts';
import { defaultCost } from '../../../contract/scrypt-cost.ts';
import { ConfigurationError } from '../../auth/configuration-error.ts';
import type { NewPasswordRules } from './new-password.ts';
import type { PasswordHasher, PasswordOptions } from './password-options.ts';
import { noPepper, type PepperRing } from './pepper.ts';
import { scryptHasher } from './scrypt-hasher.ts';

export interface PasswordInput {
  readonly options?: PasswordOptions | undefined;
  /** A word that an attacker would try first. */
  readonly productName?: string | undefined;
  /** @default - none */
  readonly peppers?: PepperRing | undefined;
}

/** The options with their defaults. */
export interface PasswordSetup {
  readonly hasher: PasswordHasher;
  readonly peppers: PepperRing;
  readonly rules: NewPasswordRules;
}

/** Throws ConfigurationError when a hasher of the options could not take the configured pepper. */
export function passwordSetup({ options = {}, productName, peppers = noPepper }: PasswordInput): PasswordSetup {
  const { preset = 'default', penalisedWords = [], breachCheck, cost = defaultCost } = options;
  const policy = passwordPolicies[preset];
  if (options.hasher && peppers !== noPepper) {
    throw new ConfigurationError('passwords.hasher excludes the pepper, which only Gatehouse’s own hashes take');
  }
  return {
    hasher: options.hasher ?? scryptHasher(cost, peppers),
    peppers,
    rules: {
      policy: {
        minLength: options.minLength ?? policy.minLength,
        maxLength: options.maxLength ?? policy.maxLength,
        classes: options.classes ?? policy.classes,
        minStrength: options.minStrength ?? policy.minStrength,
      },
      words: productName === undefined ? penalisedWords : [productName, ...penalisedWords],
      breachCheck: breachCheck
        ? { endpoint: defaultRangeEndpoint, timeout: defaultBreachTimeout, ...breachCheck }
        : undefined,
    },
  };
}
