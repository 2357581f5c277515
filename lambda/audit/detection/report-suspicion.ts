import { type NoticeSubject, type RequestContext, recordNotice } from '../../gateway/request-context.ts';
import type { SendMail } from '../../policy/lockout-mail.ts';
import type { DetectionOptions, SuspicionReason, SuspiciousActivity, Verdict } from './detection-options.ts';

export interface Suspicion {
  readonly reason: SuspicionReason;
  /** Whom it is about, who need not be who sent the request. */
  readonly subject: NoticeSubject;
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
    async report(request, { reason: code, subject, mail: message }) {
      recordNotice('suspicious_activity', { code, subject }, request);
      if (mail && message) await sendMail(message);
    },
    ask:
      onSuspicious &&
      (async ({ sourceIp, userAgent, path }, reason, userId) =>
        (await onSuspicious({ reason, userId, sourceIp, userAgent, path })) ?? 'allow'),
  };
}

const unavailable = 'detection_unavailable';

/** Beside the request, which goes on whatever becomes of it: what could not be looked at is on record, once. */
export async function failOpen<T>(request: RequestContext, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    if (!request.notices?.some(({ event }) => event === unavailable)) recordNotice(unavailable, {}, request);
    return undefined;
  }
}
