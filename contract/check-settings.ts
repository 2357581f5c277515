import { accountNoticeSettings } from './account-notice-settings.ts';
import { auditSettings } from './audit-settings.ts';
import { cookieProblems } from './cookie-combinations.ts';
import { cookieSettings } from './cookie-settings.ts';
import type { Deployment } from './deployment.ts';
import { detectionSettings } from './detection-settings.ts';
import type { Stage } from './environment.ts';
import { limitSettings } from './limit-settings.ts';
import { lockoutProblems, lockoutSettings } from './lockout-settings.ts';
import { csrfSettings, originSettings } from './origin-settings.ts';
import { passwordProblems, passwordSettings } from './password-settings.ts';
import { secondFactorSettings } from './second-factor-settings.ts';
import { sessionProblems, sessionSettings } from './session-settings.ts';
import type { SettingRule } from './setting-rule.ts';
import type { SettingProblem } from './settings.ts';
import { socialSignInSettings } from './social-sign-in-settings.ts';

/** Every setting of the options file that Gatehouse has a rule on. Each area lists its own. */
export const optionRules: readonly SettingRule[] = [
  ...passwordSettings,
  ...sessionSettings,
  ...limitSettings,
  ...lockoutSettings,
  ...originSettings,
  ...csrfSettings,
  ...cookieSettings,
  ...secondFactorSettings,
  ...socialSignInSettings,
  ...auditSettings,
  ...detectionSettings,
  ...accountNoticeSettings,
];

/** Rules that look at several settings at once. */
const crossRules: readonly ((options: object, deployment: Deployment) => SettingProblem[])[] = [
  passwordProblems,
  sessionProblems,
  lockoutProblems,
  cookieProblems,
];

/** Options that are code, or that Better Auth reads itself. */
const passedOn = [
  'appName',
  'databaseHooks',
  'disabledPaths',
  'hooks',
  'oauthProviderMode',
  'plugins',
  'socialProviders',
  'tokenClaims',
  'user',
];

/** A setting with the value in force. */
export interface CheckedSetting {
  readonly setting: string;
  readonly value: unknown;
  /** Whether somebody set it; else the value is the default. */
  readonly given: boolean;
  readonly standard?: string | undefined;
  /** Why it is refused. */
  readonly problem?: string | undefined;
  /** What it makes weaker. */
  readonly warning?: string | undefined;
}

/** Every setting that has a rule, in the order of the rules, with the value in force and what is to be said about it. */
export function checkSettings(
  given: object,
  stage: Stage,
  rules: readonly SettingRule[] = optionRules,
): CheckedSetting[] {
  return rules.map((rule) => {
    const value = valueAt(given, rule.setting);
    const effective = value ?? rule.defaultFor?.(given, stage) ?? rule.default;
    const problem = rule.problem?.(effective, stage);
    return {
      setting: rule.setting,
      value: effective,
      given: value !== undefined,
      standard: rule.standard,
      problem,
      // A warning takes a well-formed value for granted.
      warning: problem === undefined ? rule.warning?.(effective, stage) : undefined,
    };
  });
}

/** Why an options file is refused: values, their combinations, and names that nothing reads. */
export function optionProblems(options: object, deployment: Deployment): SettingProblem[] {
  const values = checkSettings(options, deployment.stage).flatMap(({ setting, problem }) =>
    problem ? [{ setting, message: `${setting} ${problem}` }] : [],
  );
  const unknown = unknownSettings(options);
  // Rules across settings rely on each of them being well formed.
  if (values.length + unknown.length > 0) return [...unknown, ...values];
  return crossRules.flatMap((rule) => rule(options, deployment));
}

/** A name that nothing reads is a setting that somebody believes to be in force. */
export function unknownSettings(options: object, rules: readonly SettingRule[] = optionRules): SettingProblem[] {
  const known = rules.map(({ setting }) => setting);
  return pathsOf(options, known)
    .filter((path) => !known.includes(path) && !passedOn.includes(path.split('.')[0]!))
    .map((path) => ({
      setting: path,
      message: `${path} is no setting; allowed ${near(path, known)}`,
    }));
}

/** Dotted paths of the leaves: what a rule is about, and anything that is no plain object. */
function pathsOf(value: object, known: readonly string[], prefix = ''): string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = prefix + name;
    if (inner === undefined) return [];
    if (known.includes(path) || !isPlain(inner)) return [path];
    return Object.keys(inner).length > 0 ? pathsOf(inner, known, `${path}.`) : [];
  });
}

function near(path: string, known: readonly string[]): string {
  const section = path.split('.').slice(0, -1).join('.');
  const siblings = section === '' ? [] : known.filter((name) => name.startsWith(`${section}.`));
  return siblings.length > 0 ? `are ${siblings.join(', ')}` : `are ${sections(known).join(', ')}`;
}

const sections = (known: readonly string[]): string[] => [
  ...new Set([...passedOn, ...known.map((name) => name.split('.')[0]!)]),
];

function valueAt(given: object, setting: string): unknown {
  return setting.split('.').reduce<unknown>((value, name) => (isPlain(value) ? value[name] : undefined), given);
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
