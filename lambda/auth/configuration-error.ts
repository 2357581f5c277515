/** A setting that a function refuses to run with. Thrown at init, so that a wrong deployment fails at once and visibly. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'CONFIGURATION_INVALID';
}
