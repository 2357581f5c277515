import type { GenericEndpointContext, HookEndpointContext } from 'better-auth';
import { isAPIError } from 'better-auth/api';
import { requestContext } from '../gateway/request-context.ts';

interface SignIn {
  readonly user: { readonly id: string; readonly twoFactorEnabled?: boolean | null | undefined };
  readonly session: { readonly token: string; readonly impersonatedBy?: string | null };
}

/** Its user approved it in a session of another device. */
const approvedElsewhere = ['/device/token'];

const created = new WeakMap<object, Set<string>>();

/** Remembers the sessions of each request: one that is only handed on has passed its second factor before. */
export function noteCreatedSession({ token }: { token: string }, ctx: GenericEndpointContext | null): void {
  if (!ctx) return;
  const tokens = created.get(ctx.context) ?? new Set();
  created.set(ctx.context, tokens.add(token));
}

/**
 * Whether a sign-in is to show a second factor: every one whose user has one, whatever the way in and whoever's plugin. Better Auth
 * asks after passwords only, so that a social account or a mailed link would be a way around it (ASVS 5.0 6.3.4).
 */
export function awaitsSecondFactor(ctx: HookEndpointContext, exempt: readonly string[]): boolean {
  const signIn = ctx.context.newSession as SignIn | null;
  if (!signIn || signIn.session.impersonatedBy) return false;
  // Undefined: a plugin signs in with a user that it put together itself. Whether there is a factor is looked up then.
  if (signIn.user.twoFactorEnabled === false || signIn.user.twoFactorEnabled === null) return false;
  if (!created.get(ctx.context)?.has(signIn.session.token)) return false;
  // A session of the same user stands: it is renewed, as when a password is changed.
  if (ctx.context.session?.user.id === signIn.user.id) return false;
  const path = ctx.path ?? '';
  if (path.startsWith('/two-factor/') || approvedElsewhere.includes(path) || exempt.includes(path)) return false;
  return !isVerifiedPasskey(path, ctx.body);
}

/**
 * A passkey whose authenticator verified its user: two factors in one. The signature over these bytes has been checked by now; the
 * fifth lowest bit of the flags is "user verified" (WebAuthn Level 2, section 6.1).
 */
function isVerifiedPasskey(path: string, body: { response?: { response?: { authenticatorData?: unknown } } }): boolean {
  const data = path === '/passkey/verify-authentication' && body?.response?.response?.authenticatorData;
  // Decoders differ in what they make of other characters, and the signature was checked over what another one made.
  return typeof data === 'string' && /^[\w-]+$/.test(data) && ((Buffer.from(data, 'base64url')[32] ?? 0) & 0b100) !== 0;
}

/** Completes a user that a plugin put together, so that what follows need not trust it. @returns whether there is a factor */
export async function hasSecondFactor({ context }: GenericEndpointContext): Promise<boolean> {
  const { user } = context.newSession as SignIn;
  if (user.twoFactorEnabled !== undefined) return user.twoFactorEnabled === true;
  const stored = (await context.internalAdapter.findUserById(user.id)) as SignIn['user'] | null;
  Object.assign(user, { twoFactorEnabled: stored?.twoFactorEnabled === true });
  return user.twoFactorEnabled === true;
}

/** Where a sign-in that ends in a redirect was going. */
export function redirectTarget({ context }: GenericEndpointContext): string | undefined {
  const { returned, responseHeaders } = context as { returned?: unknown; responseHeaders?: Headers };
  return isAPIError(returned) && returned.status === 'FOUND'
    ? (responseHeaders?.get('location') ?? undefined)
    : undefined;
}

/** Tells the page at the end of a redirect what the JSON of other sign-ins says. */
export function announceChallenge(ctx: GenericEndpointContext, target: string | undefined): void {
  const context = requestContext();
  if (context) context.challenged = true;
  if (target) ctx.setHeader('location', withParameter(target, 'twoFactorRedirect', 'true'));
}

function withParameter(target: string, name: string, value: string): string {
  const [, url = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(target)!;
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${value}${fragment}`;
}
