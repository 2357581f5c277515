export type SecretsErrorCode = 'USAGE' | 'SECRET_UNKNOWN' | 'SECRET_INVALID' | 'CONFLICT';

/** A refusal of `npm run secrets`, in words for the operator. Nothing has been changed. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  constructor(
    readonly code: SecretsErrorCode,
    message: string,
  ) {
    super(message);
  }
}
