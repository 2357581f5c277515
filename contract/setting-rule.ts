import type { Stage } from './environment.ts';

/**
 * One setting that a deployment may change. The rules on it stand here once: the CDK app refuses a dangerous value at synth, the
 * function at init, and the doctor prints what is in force. (Its functions are methods, so that a rule on numbers can stand in a list of
 * rules on anything.)
 */
export interface SettingRule<Value = unknown> {
  /** Dotted path as in the options or the configuration, such as `passwords.minLength`. */
  readonly setting: string;
  readonly default: Value;
  /** The default where it depends on the stage or on other settings. */
  defaultFor?(given: object, stage: Stage): Value;
  /** Who asks for it, such as `ASVS 5.0 6.2.1`. */
  readonly standard?: string;
  /** Why a value is refused, with the allowed one, in words that follow the setting's name; undefined when it is not. */
  problem?(value: Value, stage: Stage): string | undefined;
  /** What a value makes weaker than the default; undefined when nothing. */
  warning?(value: Value, stage: Stage): string | undefined;
}
