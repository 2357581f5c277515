import type { CharacterClass } from '../../../contract/password-defaults.ts';
import { strengthOf } from './strength.ts';

export interface PasswordPolicy {
  readonly minLength: number;
  readonly maxLength: number;
  readonly classes: readonly CharacterClass[];
  readonly minStrength: number;
}

/** One rule that a password breaks, and what the rule asks for: enough for a client to say it in its user's language. */
export type FailedRule =
  | { readonly code: 'PASSWORD_TOO_SHORT'; readonly minLength: number }
  | { readonly code: 'PASSWORD_TOO_LONG'; readonly maxLength: number }
  | { readonly code: 'PASSWORD_MISSING_CLASS'; readonly class: CharacterClass }
  | { readonly code: 'PASSWORD_TOO_WEAK'; readonly strength: number; readonly minStrength: number }
  | { readonly code: 'PASSWORD_REUSED' }
  | { readonly code: 'PASSWORD_COMPROMISED' };

const members: Record<CharacterClass, RegExp> = {
  lowercase: /\p{Ll}/u,
  uppercase: /\p{Lu}/u,
  digit: /\p{Nd}/u,
  symbol: /[^\p{L}\p{N}]/u,
};

/** All rules that a password breaks by itself. @param words that an attacker would try first */
export async function failedRules(
  password: string,
  policy: PasswordPolicy,
  words: readonly string[],
): Promise<FailedRule[]> {
  const { minLength, maxLength, classes, minStrength } = policy;
  // Code points, as NIST SP 800-63B-4 section 3.1.1.2 counts.
  const { length } = [...password];
  if (length > maxLength) return [{ code: 'PASSWORD_TOO_LONG', maxLength }];
  const failed: FailedRule[] = [];
  if (length < minLength) failed.push({ code: 'PASSWORD_TOO_SHORT', minLength });
  for (const name of classes) {
    if (!members[name].test(password)) failed.push({ code: 'PASSWORD_MISSING_CLASS', class: name });
  }
  if (minStrength > 0) {
    const strength = await strengthOf(password, words);
    if (strength < minStrength) failed.push({ code: 'PASSWORD_TOO_WEAK', strength, minStrength });
  }
  return failed;
}
