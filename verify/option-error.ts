/** An option that is refused when a verifier or a token manager is created. */
export class OptionError extends TypeError {
  override readonly name = 'OptionError';
  readonly code = 'OPTION_INVALID';
  constructor(
    /** The name of the option. */
    readonly option: string,
    problem: string,
  ) {
    super(`option '${option}' ${problem}`);
  }
}
