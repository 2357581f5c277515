import type { DBAdapter } from 'better-auth';
import type { AccountChangeKind } from '../../../contract/mail.ts';
import type { AuditEventId } from '../../audit/catalogue.ts';
import { loggedAddress } from '../../audit/logged-address.ts';
import { outsideRequest, type RequestContext, recordFailure } from '../../gateway/request-context.ts';
import type { SendMail } from '../lockout-mail.ts';
import { accountChangesOf } from './account-changes.ts';
import type { AccountChange, AccountNoticeOptions } from './account-notice-options.ts';

export interface Teller {
  readonly adapter: Pick<DBAdapter, 'findOne'>;
  readonly sendMail: SendMail;
  readonly options: AccountNoticeOptions | undefined;
}

/**
 * Tells users of what a finished request changed, by the events that are about to be recorded. Never rejects: the change stands, and a
 * notice that fails is on record.
 */
export async function tellOfChanges(
  context: RequestContext,
  events: readonly AuditEventId[],
  teller: Teller,
): Promise<void> {
  await allOnRecord(accountChangesOf(context, events).map((kind) => tell(kind, context, teller)));
}

/** One that fails keeps no other from its end. */
async function allOnRecord(work: readonly unknown[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'rejected') recordFailure('MAIL_UNAVAILABLE', result.reason, { concealed: true });
  }
}

async function tell(kind: AccountChangeKind, context: RequestContext, teller: Teller): Promise<void> {
  const { mail = true, onChange } = teller.options ?? {};
  if (!mail && !onChange) return;
  const user = await toldUser(kind, context, teller.adapter);
  if (!user) return;
  const { sourceIp, userAgent, startedAt: at } = context;
  const byAdministrator = context.actorId !== undefined;
  const change: AccountChange = { kind, ...user, at, sourceIp, userAgent, byAdministrator };
  await allOnRecord([
    mail && teller.sendMail({ kind, to: user.email, at: at.toISOString(), network: networkOf(change) }),
    onChange && (async () => onChange(change))(),
  ]);
}

/** As the request knows the user; else looked up, where a failure is not the request's: what it did is stored. */
async function toldUser(
  kind: AccountChangeKind,
  { loginChange, account, userId }: RequestContext,
  adapter: Teller['adapter'],
): Promise<Pick<AccountChange, 'userId' | 'email'> | undefined> {
  if (loginChange && (kind === 'email-changed' || kind === 'login-changed')) {
    return loginChange.email === undefined ? undefined : { userId: loginChange.userId, email: loginChange.email };
  }
  if (userId === undefined) return undefined;
  const where = [{ field: 'id', value: userId }];
  const user =
    account?.id === userId
      ? account
      : await outsideRequest(() => adapter.findOne<{ email: string }>({ model: 'user', where }));
  return user ? { userId, email: user.email } : undefined;
}

/** Coarse, since mail is read by many. An administrator's is nobody's business. */
function networkOf({ sourceIp, byAdministrator }: AccountChange): string | undefined {
  const first = byAdministrator ? undefined : loggedAddress(sourceIp, 'truncated');
  return first && `${first}/${first.includes(':') ? 48 : 24}`;
}
