import { account } from './chapters/account.ts';
import { headers } from './chapters/headers.ts';
import { limits } from './chapters/limits.ts';
import { passwordReset } from './chapters/password-reset.ts';
import { refusals } from './chapters/refusals.ts';
import { sessions } from './chapters/sessions.ts';
import { tokens } from './chapters/tokens.ts';
import { twoFactor } from './chapters/two-factor.ts';
import type { FlowTarget } from './flow-target.ts';

export type { FlowTarget, MailedEndpoint } from './flow-target.ts';

/**
 * Registers the end-to-end suite: the same tests for every stack. Chapters need nothing of one another; each can be run alone
 * by its name (`jest -t 'a second factor'`).
 *
 * @param target Asked when the tests run, not when they are registered.
 */
export function flow(target: () => FlowTarget): void {
  for (const chapter of [account, sessions, tokens, passwordReset, twoFactor, refusals, headers, limits])
    chapter(target);
}
