import type { AccountChangeKind } from '../../../contract/mail.ts';
import { routes } from '../../../contract/routes.ts';
import type { AuditEventId } from '../../audit/catalogue.ts';
import type { RequestContext } from '../../gateway/request-context.ts';

type Rule = readonly [event: AuditEventId, path: RegExp, kind: AccountChangeKind];

/** Which event on record is told; those of several meanings by their path. The first that matches counts. */
const rules: readonly Rule[] = [
  ['password_changed', /^/, 'password-changed'],
  ['password_reset', /^/, 'password-changed'],
  ['admin_action', /^\/admin\/set-user-password$/, 'password-set'],
  ['second_factor_enabled', /^/, 'second-factor-enabled'],
  ['second_factor_disabled', /^/, 'second-factor-disabled'],
  ['account_changed', /^\/two-factor\/generate-backup-codes$/, 'backup-codes-replaced'],
  ['account_changed', /^\/passkey\/verify-registration$/, 'passkey-added'],
  ['account_changed', /^\/passkey\/delete-passkey$/, 'passkey-removed'],
  ['account_changed', /^\/unlink-account$/, 'account-unlinked'],
];

/** What is to be told of a request that ended with these events. */
export function accountChangesOf(context: RequestContext, events: readonly AuditEventId[]): AccountChangeKind[] {
  const path = context.path.slice(routes.authBase.length);
  const [, , ruled] = rules.find(([event, pattern]) => events.includes(event) && pattern.test(path)) ?? [];
  // A new user's first account is no news, and a first password is told as such.
  const linked = context.accountLinked && !context.userCreated ? 'account-linked' : undefined;
  return [loginChange(context), ruled ?? linked].filter((kind) => kind !== undefined);
}

function loginChange({ loginChange: change }: RequestContext): AccountChangeKind | undefined {
  if (!change) return undefined;
  return change.fields.includes('email') ? 'email-changed' : 'login-changed';
}
