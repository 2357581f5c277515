import type { BetterAuthPlugin, DBAdapter, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins';
import { secondFactorDefaults } from '../../contract/second-factor-defaults.ts';
import { requestContext } from '../gateway/request-context.ts';
import {
  announceChallenge,
  awaitsSecondFactor,
  hasSecondFactor,
  noteCreatedSession,
  redirectTarget,
} from './two-factor-challenge.ts';
import { deviceFields, deviceModel, recogniseDevice, revokeDevices, trustDevice } from './two-factor-device.ts';
import { trustedDeviceEndpoints } from './two-factor-device-endpoints.ts';
import { acceptStep, forgetGuesses, payForGuess } from './two-factor-guess.ts';
import type { SecondFactorOptions } from './two-factor-options.ts';
import { recentSignIn } from './two-factor-recent.ts';
import { type FactorRecord, factorFields, factorModel, factorOf, type Verification } from './two-factor-record.ts';
import { authenticatorKey } from './two-factor-secret.ts';
import { stepOf } from './two-factor-step.ts';

export interface SecondFactorInput extends SecondFactorOptions {
  /** The name that authenticators show. @default the application's name */
  readonly issuer?: string | undefined;
  /** @default the system clock */
  readonly now?: (() => Date) | undefined;
}

const isVerification = (path: string | undefined) => /^\/two-factor\/verify-/.test(path ?? '');
const failed = ({ context }: { context: { returned?: unknown } }) => context.returned instanceof Error;

/**
 * Better Auth's second factor, for every way in. Added to it: a code of an authenticator is accepted once, guesses are paid for
 * before they are looked at, trusted devices are rows that can be listed and revoked, and sign-ins of every kind are challenged.
 */
export function secondFactorPlugin({ issuer, now = () => new Date(), ...options }: SecondFactorInput = {}) {
  const settings = { ...secondFactorDefaults, ...options };
  const { trustedDeviceDays, exemptSignIns } = settings;
  const challenged = new WeakMap<object, { redirect: string | undefined }>();
  const toTrust = new WeakSet<object>();
  const paying = new WeakMap<object, FactorRecord>();
  let store: DBAdapter | undefined;

  const plugin = twoFactor({
    issuer,
    twoFactorCookieMaxAge: settings.challengeMinutes * 60,
    otpOptions: { storeOTP: 'hashed' },
    backupCodeOptions: { amount: settings.backupCodes },
    // Users without a password show a recent sign-in instead.
    allowPasswordless: true,
    // Guesses are counted here, before they are looked at.
    accountLockout: { enabled: false },
  });

  async function admit(ctx: GenericEndpointContext, { factor, isSignIn }: Verification): Promise<void> {
    const { adapter } = ctx.context;
    const code = typeof ctx.body?.code === 'string' ? ctx.body.code : '';
    const key = ctx.path === '/two-factor/verify-totp' && (await authenticatorKey(ctx, factor.secret));
    const step = key ? stepOf(code, key, now()) : undefined;
    if (step !== undefined) return acceptStep(adapter, factor, step, settings, now());
    if (!isSignIn) return;
    await payForGuess(adapter, factor, settings, now());
    paying.set(ctx.context, factor);
  }

  const beforeVerification = createAuthMiddleware(async (ctx) => {
    if (ctx.body?.trustDevice === true && trustedDeviceDays > 0) toTrust.add(ctx.context);
    const verification = await factorOf(ctx);
    if (verification) await admit(ctx, verification);
    // Better Auth would keep its trust in a row of which nobody knows whose it is.
    return { context: { body: { ...ctx.body, trustDevice: false } } };
  });

  const afterVerification = createAuthMiddleware(async (ctx) => {
    const { newSession, adapter } = ctx.context;
    if (failed(ctx) || !newSession) return;
    const factor = paying.get(ctx.context);
    await Promise.all([
      factor && forgetGuesses(adapter, factor),
      toTrust.has(ctx.context) && trustDevice(ctx, newSession.user.id, trustedDeviceDays, now()),
    ]);
  });

  const recognise = createAuthMiddleware(async (ctx) => {
    if (!(await hasSecondFactor(ctx))) return;
    const mayBeKnown = trustedDeviceDays > 0 && !requestContext()?.stepUp;
    const known = mayBeKnown && (await recogniseDevice(ctx, ctx.context.newSession!.user.id, now()));
    if (!known) challenged.set(ctx.context, { redirect: redirectTarget(ctx) });
  });

  const announce = createAuthMiddleware(async (ctx) => announceChallenge(ctx, challenged.get(ctx.context)?.redirect));

  const forgetDevices = createAuthMiddleware(async (ctx) => {
    const userId = administrative.includes(ctx.path) ? ctx.body.userId : ctx.context.session?.user.id;
    if (!failed(ctx) && userId) await revokeDevices(ctx.context.adapter, userId);
  });

  return {
    ...plugin,
    init: (context) => {
      store = context.adapter;
      return {
        options: {
          databaseHooks: { session: { create: { after: async (session, ctx) => noteCreatedSession(session, ctx) } } },
        },
      };
    },
    endpoints: { ...plugin.endpoints, ...trustedDeviceEndpoints },
    schema: {
      ...plugin.schema,
      [factorModel]: { ...plugin.schema.twoFactor, fields: { ...plugin.schema.twoFactor.fields, ...factorFields } },
      [deviceModel]: { fields: deviceFields },
    },
    hooks: {
      before: [{ matcher: ({ path }) => isVerification(path), handler: beforeVerification }, recentSignIn(now)],
      after: [
        { matcher: ({ path }) => isVerification(path), handler: afterVerification },
        {
          matcher: (ctx) => awaitsSecondFactor(ctx, requestContext()?.stepUp ? [] : exemptSignIns),
          handler: recognise,
        },
        // Takes the session back and asks for the code. Better Auth's own matcher knows three ways in.
        { matcher: ({ context }) => challenged.has(context), handler: plugin.hooks.after[0]!.handler },
        { matcher: ({ context }) => challenged.has(context), handler: announce },
        { matcher: ({ path }) => revoking.includes(path ?? ''), handler: forgetDevices },
      ],
    },
    /** For when a password was reset by mail, where no session tells whose it was. */
    revokeDevicesOf: async (userId: string) => store && revokeDevices(store, userId),
  } satisfies BetterAuthPlugin & { revokeDevicesOf: unknown };
}

/** What administrators do when they fear for an account. */
const administrative = ['/admin/set-user-password', '/admin/revoke-user-sessions'];

/** After these a device vouches for something that is no more (ASVS 5.0 7.4.3). */
const revoking = ['/change-password', '/two-factor/disable', ...administrative];
