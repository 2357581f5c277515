/**
 * - `USAGE`: a wrong call.
 * - `STACK_UNKNOWN`, `USER_UNKNOWN`, `SESSION_UNKNOWN`: there is none of this name. Nothing was changed.
 * - `PERMISSION_MISSING`, `CREDENTIALS_MISSING`: AWS refused, or does not know who asks.
 * - `NOT_CONFIRMED`: what would be destroyed was not confirmed. Nothing was changed.
 * - `EMAIL_TAKEN`, `EMAIL_UNVERIFIED`, `USER_INVALID`, `CONFLICT`: refused; nothing was changed.
 * - `AUDIT_UNAVAILABLE`: the use could not be put on record; the message says whether anything was changed.
 * - `UNAVAILABLE`: a service did not answer, or failed. The outcome of a change is unknown; repeating it is safe.
 */
export type AdminErrorCode = keyof typeof exitCodes;

const exitCodes = {
  USAGE: 2,
  STACK_UNKNOWN: 3,
  USER_UNKNOWN: 3,
  SESSION_UNKNOWN: 3,
  PERMISSION_MISSING: 4,
  CREDENTIALS_MISSING: 4,
  NOT_CONFIRMED: 5,
  EMAIL_TAKEN: 1,
  EMAIL_UNVERIFIED: 1,
  USER_INVALID: 1,
  CONFLICT: 1,
  AUDIT_UNAVAILABLE: 1,
  UNAVAILABLE: 1,
} as const;

/** A refusal or failure of `npm run admin`, in words for the operator. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  constructor(
    readonly code: AdminErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const exitCodeOf = ({ code }: AdminError): number => exitCodes[code];
