import type { AuthContext } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';

/** Lets in whose roles give the permissions, as the admin plugin knows them; refuses others with 401, or 403 and `refusal`. */
export const requirePermission = (
  permissions: Readonly<Record<string, readonly string[]>>,
  refusal: { readonly code: string; readonly message: string },
) =>
  createAuthMiddleware(async (ctx) => {
    const session = await getSessionFromCtx(ctx);
    if (!session) throw APIError.fromStatus('UNAUTHORIZED');
    const { headers, request, context } = ctx;
    const { success } = await permissionCheck(context)({ body: { permissions }, headers, request, context });
    if (!success) throw APIError.from('FORBIDDEN', refusal);
  });

type PermissionCheck = (input: object) => Promise<{ readonly success: boolean }>;

/** The admin plugin's own, which knows its roles. */
function permissionCheck({ options }: AuthContext): PermissionCheck {
  const admin = options.plugins?.find(({ id }) => id === 'admin');
  return admin?.endpoints?.userHasPermission as unknown as PermissionCheck;
}
