import { createHash, randomBytes } from 'node:crypto';
import type { DBAdapter, GenericEndpointContext } from 'better-auth';
import { expireCookie } from 'better-auth/cookies';

/** A device whose user asked not to be asked again on it. It belongs to the user, goes with the user, and can be revoked. */
export interface TrustedDevice {
  readonly id: string;
  readonly userId: string;
  readonly secretHash: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export const deviceModel = 'trustedDevice';

export const deviceFields = {
  userId: { type: 'string', required: true, references: { model: 'user', field: 'id' }, index: true },
  secretHash: { type: 'string', required: true, returned: false },
  userAgent: { type: 'string', required: true },
  createdAt: { type: 'date', required: true },
  lastUsedAt: { type: 'date', required: true },
  expiresAt: { type: 'date', required: true },
} as const;

/**
 * `<id>.<secret>`: the id names the row, of which the hash of the secret is the condition. It is not signed: the secret has 192
 * random bits, and trust outlives a rotation of Better Auth's secret.
 */
const cookieName = 'trusted_device';
const presented = (ctx: GenericEndpointContext) =>
  ctx.getCookie(ctx.context.createAuthCookie(cookieName).name)?.split('.') as [string, string?] | undefined;

export const presentedDevice = (ctx: GenericEndpointContext): string | undefined => presented(ctx)?.[0];

/** Trusts the device that the request came from, for so many days. */
export async function trustDevice(ctx: GenericEndpointContext, userId: string, days: number, now: Date): Promise<void> {
  const secret = randomBytes(24).toString('base64url');
  const expiresAt = new Date(now.getTime() + days * 86_400_000);
  const userAgent = ctx.headers?.get('user-agent')?.slice(0, 256) ?? '';
  const data = { userId, secretHash: hash(secret), userAgent, createdAt: now, lastUsedAt: now, expiresAt };
  const { id } = await ctx.context.adapter.create<Omit<TrustedDevice, 'id'>, TrustedDevice>({
    model: deviceModel,
    data,
  });
  setCookie(ctx, id, secret, expiresAt, now);
}

/**
 * Whether the user trusted this device. Each use replaces the secret, under the condition that it is the last one: so a device that
 * was revoked meanwhile is not trusted, and of a cookie and its copy only the first is. The other's use ends the trust for both.
 */
export async function recogniseDevice(ctx: GenericEndpointContext, userId: string, now: Date): Promise<boolean> {
  const [id, secret] = presented(ctx) ?? [];
  if (!id || !secret) return false;
  const { adapter } = ctx.context;
  const next = randomBytes(24).toString('base64url');
  const device = await adapter.incrementOne<TrustedDevice>({
    model: deviceModel,
    where: [
      { field: 'id', value: id },
      { field: 'userId', value: userId },
      { field: 'secretHash', value: hash(secret) },
      { field: 'expiresAt', operator: 'gt', value: now },
    ],
    increment: {},
    set: { secretHash: hash(next), lastUsedAt: now },
  });
  if (device) setCookie(ctx, id, next, new Date(device.expiresAt), now);
  else {
    await revokeDevice(adapter, userId, id);
    expireCookie(ctx, ctx.context.createAuthCookie(cookieName));
  }
  return device !== null;
}

export const devicesOf = (adapter: DBAdapter, userId: string): Promise<TrustedDevice[]> =>
  adapter.findMany<TrustedDevice>({ model: deviceModel, where: [{ field: 'userId', value: userId }] });

/** @returns whether there was one; a user has no way to another user's devices. */
export async function revokeDevice(adapter: DBAdapter, userId: string, id: string): Promise<boolean> {
  const where = [
    { field: 'id', value: id },
    { field: 'userId', value: userId },
  ];
  return (await adapter.deleteMany({ model: deviceModel, where })) > 0;
}

/** For when the factor or the password that they vouch for has changed. */
export async function revokeDevices(adapter: DBAdapter, userId: string): Promise<void> {
  await adapter.deleteMany({ model: deviceModel, where: [{ field: 'userId', value: userId }] });
}

function setCookie(ctx: GenericEndpointContext, id: string, secret: string, expiresAt: Date, now: Date): void {
  const maxAge = Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / 1000));
  const { name, attributes } = ctx.context.createAuthCookie(cookieName, { maxAge });
  ctx.setCookie(name, `${id}.${secret}`, attributes);
}

const hash = (secret: string) => createHash('sha256').update(secret).digest('base64url');
