import { APIError, createAuthEndpoint, sensitiveSessionMiddleware } from 'better-auth/api';
import * as z from 'zod';
import { devicesOf, presentedDevice, revokeDevice, revokeDevices } from './two-factor-device.ts';

/** What users do with the devices that they trust (ASVS 5.0 7.5.2). */
export const trustedDeviceEndpoints = {
  listTrustedDevices: createAuthEndpoint(
    '/two-factor/trusted-devices',
    { method: 'GET', use: [sensitiveSessionMiddleware] },
    async (ctx) => {
      const current = presentedDevice(ctx);
      const devices = await devicesOf(ctx.context.adapter, ctx.context.session.user.id);
      return ctx.json(
        devices.map(({ id, userAgent, createdAt, lastUsedAt, expiresAt }) => ({
          id,
          userAgent,
          createdAt,
          lastUsedAt,
          expiresAt,
          current: id === current,
        })),
      );
    },
  ),
  revokeTrustedDevice: createAuthEndpoint(
    '/two-factor/revoke-trusted-device',
    { method: 'POST', use: [sensitiveSessionMiddleware], body: z.object({ id: z.string().min(1).max(200) }) },
    async (ctx) => {
      const revoked = await revokeDevice(ctx.context.adapter, ctx.context.session.user.id, ctx.body.id);
      if (revoked) return ctx.json({ status: true });
      throw APIError.from('NOT_FOUND', { code: 'TRUSTED_DEVICE_NOT_FOUND', message: 'No such device is trusted' });
    },
  ),
  revokeTrustedDevices: createAuthEndpoint(
    '/two-factor/revoke-trusted-devices',
    { method: 'POST', use: [sensitiveSessionMiddleware] },
    async (ctx) => {
      await revokeDevices(ctx.context.adapter, ctx.context.session.user.id);
      return ctx.json({ status: true });
    },
  ),
};
