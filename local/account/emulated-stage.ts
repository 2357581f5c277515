import type { StageConfig } from '../../lib/config.ts';
import { account, region } from '../aws/protocol.ts';

export interface EmulatedStage {
  readonly config: StageConfig;
  /** What differs from the settings, for people; a line for each. */
  readonly changes: readonly string[];
}

/**
 * A stage's settings for the emulated account: its own account and Region, no names of the internet, no bootstrap but its own, no
 * CodeDeploy to shift traffic, neither an archive nor a trail, and no dashboard, which would show alarms that are left out.
 */
export function emulatedStage(settings: StageConfig): EmulatedStage {
  const { audit, dashboard, domain, baseUrl, keySetDistribution, bootstrapQualifier, rollout, ...rest } = settings;
  const { hostedZone, ...mail } = rest.mail;
  const replaced = Object.entries({ account, region }).flatMap(([name, used]) => {
    const given = settings[name as 'account' | 'region'];
    return given === undefined || given === used ? [] : [`${name}: '${used}' instead of '${given}'`];
  });
  const named = {
    audit,
    dashboard,
    domain,
    baseUrl,
    keySetDistribution,
    bootstrapQualifier,
    rollout,
    'mail.hostedZone': hostedZone,
  };
  const leftOut = Object.entries(named).flatMap(([name, given]) => (given === undefined ? [] : [`${name}: left out`]));
  return { config: { ...rest, mail, account, region }, changes: [...replaced, ...leftOut] };
}
