import { type RequestContext, recordNotice } from '../../gateway/request-context.ts';
import type { SendMail } from '../../policy/lockout-mail.ts';
import type { DetectionOptions, SuspicionReason, SuspiciousActivity, Verdict } from './detection-options.ts';

export interface Suspicion {
  readonly reason: SuspicionReason;
  readonly userId: string | undefined;
  /** Whom to tell by mail, and which; undefined for what is on record only. */
  readonly mail?: Parameters<SendMail>[0] | undefined;
}

export interface Reporter {
  /** Puts it on record and tells the user. */
  report(request: RequestContext, suspicion: Suspicion): Promise<void>;
  /** What the fork says to it; undefined when it has no say. */
  readonly ask:
    | ((request: RequestContext, reason: SuspiciousActivity['reason'], userId?: string) => Promise<Verdict>)
    | undefined;
}

export function reporter({ mail = true, onSuspicious }: DetectionOptions, sendMail: SendMail): Reporter {
  return {
    async report(request, suspicion) {
      request.suspicions = [...(request.suspicions ?? []), suspicion.reason];
      if (mail && suspicion.mail) await sendMail(suspicion.mail);
    },
    ask:
      onSuspicious &&
      (async ({ sourceIp, userAgent, path }, reason, userId) =>
        (await onSuspicious({ reason, userId, sourceIp, userAgent, path })) ?? 'allow'),
  };
}

/** Beside the request, which goes on whatever becomes of it: what could not be looked at is on record, once. */
export async function failOpen<T>(request: RequestContext, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    if (!request.notices?.includes('detection_unavailable')) recordNotice('detection_unavailable');
    return undefined;
  }
}
