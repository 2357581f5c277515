export type InitErrorCode = 'USAGE' | 'REFUSED' | 'NOT_CONFIRMED';

/** A refusal of `npm run init`, in words for the person who ran it. Nothing has been written. */
export class InitError extends Error {
  override readonly name = 'InitError';
  constructor(
    readonly code: InitErrorCode,
    message: string,
  ) {
    super(message);
  }
}
