import type { AuthContext } from 'better-auth';
import type { MailMessage } from '../../contract/mail.ts';
import { unlockPath } from '../../contract/routes.ts';
import { nameSubject } from '../audit/audit-plugin.ts';
import type { LoginName } from '../limits/lockout/login.ts';
import type { Lock } from '../limits/lockout/password-attempt.ts';
import type { UnlockTokens } from '../limits/lockout/unlock-tokens.ts';

/** Whether the mail was queued: not when its address had enough of the kind, nor when the queue is down, which is on record. */
export type SendMail = (mail: MailMessage) => Promise<boolean>;

/**
 * Tells the owner of an account what was locked, with a link that unlocks it. For an account that does not exist the same is looked
 * up and queued, so that the answer takes as long; the mailer drops it.
 */
export async function tellOwner(
  locks: readonly Lock[],
  login: LoginName,
  { adapter, baseURL }: AuthContext,
  { tokens, sendMail }: { readonly tokens: UnlockTokens; readonly sendMail: SendMail },
): Promise<void> {
  const owner = await adapter.findOne<{ id: string; email: string }>({
    model: 'user',
    where: [{ field: login.field, value: login.value }],
  });
  if (owner) nameSubject(owner.id);
  await Promise.all(
    locks.map(({ scope, key, lockId, until }) => {
      const token = tokens.sign({ key, lockId, userId: owner?.id ?? '', expires: until });
      return sendMail({
        kind: scope === 'account' ? 'account-locked' : 'sign-in-locked',
        to: owner?.email ?? login.value,
        url: `${baseURL}${unlockPath}?token=${token}`,
        ...(!owner && { discard: true }),
      });
    }),
  );
}
