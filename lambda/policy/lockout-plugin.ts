import type { AuthContext, BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { OnFailure } from '../audit/detection/failed-sign-ins.ts';
import { requestContext } from '../gateway/request-context.ts';
import { type DeviceTokens, deviceTokens } from '../limits/lockout/device-tokens.ts';
import { createLockout, type LockoutDependencies } from '../limits/lockout/lockout.ts';
import { isPasswordSignIn, loginOf, loginsOf, namedLogin } from '../limits/lockout/login.ts';
import { unlockTokens } from '../limits/lockout/unlock-tokens.ts';
import { sourceOf } from '../limits/source.ts';
import { type Guess, guardPasswords } from './lockout-guard.ts';
import { startGuess } from './lockout-guess.ts';
import { type SendMail, tellOwner } from './lockout-mail.ts';
import { failClosed, unlockEndpoints } from './unlock-endpoints.ts';

export interface LockoutPluginInput extends LockoutDependencies {
  /** Those whose signatures count; the first signs. */
  readonly signingSecrets: readonly string[];
  readonly sendMail: SendMail;
  /** Told of each wrong password that was looked at. Never rejects. */
  readonly onFailure?: OnFailure | undefined;
}

interface NewSession {
  readonly user: { readonly id: string };
  readonly session: { readonly impersonatedBy?: string | null };
}

/**
 * Locks sign-in with a password for who guesses, see docs/lockout.md. It must stand behind the second factor, which takes back the
 * session of a sign-in that awaits its code: only a device that was let in becomes a known one.
 */
export function lockoutPlugin(input: LockoutPluginInput) {
  const { signingSecrets, settings, sendMail, onFailure, now = () => new Date() } = input;
  const lockout = createLockout(input);
  const tokens = unlockTokens(signingSecrets, now);
  const devices = deviceTokens(signingSecrets, settings.deviceLifetime, now);

  function take(): Guess | undefined {
    const guess = requestContext()?.guess;
    return guess?.begin() ? guess : undefined;
  }

  const start = createAuthMiddleware(async (ctx) => {
    const request = requestContext();
    if (!request || !isPasswordSignIn(ctx.path)) return;
    const login = namedLogin(ctx.path, ctx.body, usernameNormalization(ctx.context));
    if (!login) return;
    const cookie = ctx.getCookie(deviceCookie(ctx.context, settings.deviceLifetime).name) ?? undefined;
    const name = loginOf(login);
    const arrival = { login: name, source: sourceOf(request.sourceIp), device: devices.deviceOf(cookie, name) };
    const tell = (locks: Parameters<typeof tellOwner>[0]) => tellOwner(locks, login, ctx.context, { tokens, sendMail });
    const { adapter } = ctx.context;
    const failed: Parameters<typeof startGuess>[5] = async (attempt, locked) =>
      onFailure?.(request, { attempt, login, locked, adapter });
    request.guess = startGuess(lockout, arrival, request, () => lookUpNobody(ctx.context), tell, failed);
  });

  const rememberDevice = createAuthMiddleware(async (ctx) => {
    const { name, attributes } = deviceCookie(ctx.context, settings.deviceLifetime);
    const { user } = ctx.context.newSession as NewSession;
    ctx.setCookie(name, remember(devices, ctx.getCookie(name) ?? undefined, user), attributes);
  });

  return {
    id: 'gatehouse-lockout',
    init: ({ password }) => ({
      context: { password: guardPasswords(password, take) },
      // While the session is being written: nobody waits for it then.
      options: {
        databaseHooks: { session: { create: { before: async () => requestContext()?.guess?.giveBack() } } },
      },
    }),
    hooks: {
      before: [{ matcher: ({ path }) => isPasswordSignIn(path), handler: start }],
      after: [{ matcher: ({ context }) => isNewSignIn(context), handler: rememberDevice }],
    },
    endpoints: unlockEndpoints(lockout, tokens),
    /** Whether the request comes from a device that signed in as the user before, by any of the user's names. */
    knowsDevice(ctx: GenericEndpointContext, user: object): boolean {
      const cookie = ctx.getCookie(deviceCookie(ctx.context, settings.deviceLifetime).name) ?? undefined;
      return loginsOf(user).some((login) => devices.deviceOf(cookie, login));
    },
    /** Lifts every lock of a user, who has just shown to have the mailbox. */
    unlock: (user: object) => failClosed(lockout.unlock(loginsOf(user))),
  } satisfies BetterAuthPlugin & { unlock: unknown; knowsDevice: unknown };
}

/** Not when a cookie of the same user is written anew, and not when an administrator takes on an identity. */
function isNewSignIn({ newSession, session }: Pick<AuthContext, 'newSession' | 'session'>): boolean {
  const created = newSession as NewSession | null;
  return created !== null && !created.session.impersonatedBy && created.user.id !== session?.user.id;
}

const deviceCookie = ({ createAuthCookie }: AuthContext, lifetime: number) =>
  createAuthCookie('device', { maxAge: lifetime });

const remember = (devices: DeviceTokens, cookie: string | undefined, user: object): string =>
  loginsOf(user).reduce((value, login) => devices.remember(value, login), cookie ?? '');

/** What Better Auth reads of an account once it has found its name. */
const lookUpNobody = ({ adapter }: AuthContext) =>
  adapter.findOne({ model: 'user', where: [{ field: 'id', value: 'nobody' }], join: { account: true } });

/** As the username plugin does: other spellings of one name must not have counters of their own. */
function usernameNormalization({ options }: AuthContext): (username: string) => string {
  const plugin = options.plugins?.find(({ id }) => id === 'username');
  const { usernameNormalization } = (plugin?.options ?? {}) as {
    usernameNormalization?: false | ((username: string) => string);
  };
  if (usernameNormalization === false) return (username) => username;
  return usernameNormalization ?? ((username) => username.toLowerCase());
}
