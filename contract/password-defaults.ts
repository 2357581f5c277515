/** Classes of characters that a policy may ask for. */
export const characterClasses = ['lowercase', 'uppercase', 'digit', 'symbol'] as const;
export type CharacterClass = (typeof characterClasses)[number];

export const passwordPresets = ['default', 'nist'] as const;
export type PasswordPreset = (typeof passwordPresets)[number];

/** What a preset sets, where the options do not say otherwise. */
export const passwordPolicies = {
  default: { minLength: 12, maxLength: 128, classes: [], minStrength: 3 },
  /** NIST SP 800-63B-4 section 3.1.1.2, for a password that may be the only factor. */
  nist: { minLength: 15, maxLength: 128, classes: [], minStrength: 3 },
} as const satisfies Record<PasswordPreset, object>;

export const defaultRangeEndpoint = 'https://api.pwnedpasswords.com/range';

/** Milliseconds. */
export const defaultBreachTimeout = 1000;
