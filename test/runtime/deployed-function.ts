import { resourceOf, templateOf } from '../lib/support.ts';

/** How the template configures a function, with the stand-ins' values where only a deployment knows the real ones. */
export interface DeployedFunction {
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout: number;
}

let template: ReturnType<typeof templateOf> | undefined;

/**
 * @param idPattern matches the function's logical id.
 * @param values by variable; a variable that the template does not set is not given to the function.
 */
export function deployedFunction(idPattern: RegExp, values: Readonly<Record<string, string>>): DeployedFunction {
  template ??= templateOf('dev');
  const { Handler, Timeout, MemorySize, Environment, LoggingConfig, Runtime } = resourceOf(
    template,
    'AWS::Lambda::Function',
    idPattern,
  ).Properties;
  if (Runtime !== 'nodejs24.x')
    throw new Error(`the template names the runtime '${Runtime}'; these tests run nodejs24.x`);
  const environment: Record<string, string> = {
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize ?? 128),
    AWS_LAMBDA_LOG_FORMAT: LoggingConfig.LogFormat,
    AWS_LAMBDA_LOG_LEVEL: LoggingConfig.ApplicationLogLevel,
  };
  for (const [name, value] of Object.entries<unknown>(Environment.Variables)) {
    const known = typeof value === 'string' ? value : values[name];
    if (known === undefined)
      throw new Error(`the template sets ${name} at deployment, and no stand-in has a value for it`);
    environment[name] = known;
  }
  return { handler: Handler, environment, timeout: Timeout };
}
