import { APIError } from 'better-auth/api';
import type { FailedRule } from './failed-rules.ts';

/** 400 with the first rule's code and message, and in `failedRules` all that the password breaks. */
export function passwordRefusal(failed: readonly [FailedRule, ...FailedRule[]]): APIError {
  const [{ code }] = failed;
  return new APIError('BAD_REQUEST', { code, message: message(failed[0]), failedRules: failed });
}

function message(rule: FailedRule): string {
  switch (rule.code) {
    case 'PASSWORD_TOO_SHORT':
      return `The password is too short; it needs ${rule.minLength} characters or more`;
    case 'PASSWORD_TOO_LONG':
      return `The password is too long; it may have ${rule.maxLength} characters`;
    case 'PASSWORD_MISSING_CLASS':
      return `The password needs a character of the class '${rule.class}'`;
    case 'PASSWORD_TOO_WEAK':
      return 'The password is too easy to guess';
    case 'PASSWORD_REUSED':
      return 'The new password is the current one; it has to be another';
    case 'PASSWORD_COMPROMISED':
      return 'The password is known from a data breach; please choose another';
  }
}
