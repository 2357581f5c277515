import type { DBAdapter } from 'better-auth/types';
import { recordNotice, requestContext } from '../../gateway/request-context.ts';
import { bindingBroken } from './binding.ts';
import { isSeenDue, writeLastSeen } from './last-seen.ts';
import type { SessionPolicy } from './session-options.ts';
import type { SessionRow } from './session-row.ts';

/**
 * Whether the request may have a session that it reads. If it is the one that the request comes with, its use is written down when
 * that is due; and it is ended when it is not where it was.
 */
export async function useSession(
  adapter: DBAdapter,
  policy: SessionPolicy,
  session: SessionRow,
  now: Date,
): Promise<boolean> {
  const request = requestContext();
  if (request?.sessionToken !== session.token) return true;
  const code = bindingBroken(session, request, policy);
  if (code) {
    await adapter.delete({ model: 'session', where: [{ field: 'token', value: session.token }] });
    recordNotice('session_binding_broken', { code, subject: { userId: session.userId, sessionId: session.id } });
    return false;
  }
  if (isSeenDue(session, policy, now) && !request.seen) {
    request.seen = true;
    // Beside what the request is about. A store that fails is on record: the answer is a 503.
    request.pending.push(writeLastSeen(adapter, session, now).catch(() => {}));
  }
  return true;
}
