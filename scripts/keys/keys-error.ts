export type KeysErrorCode = 'USAGE' | 'REFUSED' | 'CONFIG_NOT_EDITABLE' | 'NOT_FOUND';

/** Why `npm run keys` changed nothing. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
  constructor(
    readonly code: KeysErrorCode,
    message: string,
  ) {
    super(message);
  }
}
