import { recordFailure, recordNotice } from '../../gateway/request-context.ts';
import { type FailedRule, failedRules, type PasswordPolicy } from './failed-rules.ts';
import type { BreachCheckOptions } from './password-options.ts';
import { passwordRefusal } from './password-refusal.ts';
import { type PasswordOwner, penalisedWords } from './penalised-words.ts';

export interface NewPasswordRules {
  readonly policy: PasswordPolicy;
  /** Beside what is known about the owner. */
  readonly words: readonly string[];
  readonly breachCheck: Required<BreachCheckOptions> | undefined;
}

export interface NewPassword {
  readonly password: string;
  readonly owner: PasswordOwner;
  /** As the client gave it, where it has to. */
  readonly currentPassword?: string | undefined;
}

/** Throws the rules that a new password breaks by itself. */
export async function requirePolicy(input: NewPassword, { policy, words }: NewPasswordRules): Promise<void> {
  const { password, owner, currentPassword } = input;
  const reused: FailedRule[] = isSame(password, currentPassword) ? [{ code: 'PASSWORD_REUSED' }] : [];
  const [first, ...others] = [...reused, ...(await failedRules(password, policy, penalisedWords(owner, words)))];
  if (first) throw passwordRefusal([first, ...others]);
}

/** Throws when the password is known from a breach, or when that cannot be told and is not allowed to go unchecked. */
export async function requireUnbreached(password: string, { breachCheck }: NewPasswordRules): Promise<void> {
  if (!breachCheck) return;
  // Most deployments never load it.
  const { isBreached } = await import('./breach-check.ts');
  try {
    if (!(await isBreached(password, breachCheck))) return;
  } catch (error) {
    if (breachCheck.onUnavailable === 'allow') return recordNotice('breach_check_unavailable');
    recordFailure('BREACH_CHECK_UNAVAILABLE', error);
    throw error;
  }
  throw passwordRefusal([{ code: 'PASSWORD_COMPROMISED' }]);
}

const isSame = (password: string, other: string | undefined): boolean =>
  other !== undefined && password.normalize('NFKC') === other.normalize('NFKC');
