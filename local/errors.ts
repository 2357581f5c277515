/** What a person at the terminal can act on. `code` is stable, the message says what to do. */
export type LocalErrorCode =
  | 'DYNAMODB_MISSING'
  | 'DYNAMODB_FAILED'
  | 'PORT_TAKEN'
  | 'FUNCTION_INIT_FAILED'
  | 'FUNCTION_FAILED'
  | 'FUNCTION_CRASHED'
  | 'FUNCTION_TIMED_OUT'
  | 'STATE_UNREADABLE'
  | 'SIGNING_KEYS_INVALID'
  | 'EMULATOR_MISSING'
  | 'EMULATOR_FAILED'
  | 'CDK_FAILED';

export class LocalError extends Error {
  readonly code: LocalErrorCode;

  constructor(code: LocalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LocalError';
    this.code = code;
  }
}
