import type { BetterAuthPlugin } from 'better-auth';
import { getEndpoints } from 'better-auth/api';
import { checkSettings } from '../../contract/check-settings.ts';
import type { Stage } from '../../contract/environment.ts';
import { ownPlugins, pluginSettings } from '../../contract/plugin-settings.ts';
import { ConfigurationError } from '../auth/configuration-error.ts';
import type { LimitOptions } from '../limits/limit-options.ts';
import { endpointsOf, limitsNothing, type PluginEndpoint } from './plugin-endpoints.ts';

/** What a plugin of the options brings, and what is to be said about it. */
export interface PluginDescription {
  readonly id: string;
  readonly endpoints: readonly PluginEndpoint[];
  /** Why it is refused, at init and by the doctor. */
  readonly problems: readonly string[];
  /** What it makes weaker. */
  readonly warnings: readonly string[];
}

export interface PluginCheckInput {
  readonly plugins: readonly BetterAuthPlugin[];
  readonly limits?: LimitOptions | undefined;
  readonly stage: Stage;
}

/** Looks at each plugin of the options: its settings, the endpoints that it opens, and whether it takes another's place. */
export function describePlugins({ plugins, limits = {}, stage }: PluginCheckInput): PluginDescription[] {
  const betterAuths = betterAuthPaths();
  return plugins.map((plugin, index) => {
    const endpoints = endpointsOf(plugin, limits, plugins);
    const others = plugins.slice(0, index);
    const settings = settingsOf(plugin, stage);
    const unlimited = endpoints
      .filter(limitsNothing)
      .map(({ path }) => `${path} has no limit; set one in limits.paths`);
    return {
      id: plugin.id,
      endpoints,
      problems: [
        ...placeProblems(plugin, others),
        ...endpoints
          .filter(({ path }) => betterAuths.has(path))
          .map(({ path }) => `${path} is an endpoint of Better Auth; a plugin must not take its place`),
        ...settings.flatMap(({ problem, setting }) => (problem ? [say(setting, problem)] : [])),
        ...(stage === 'prod' ? unlimited : []),
      ],
      warnings: [
        ...settings.flatMap(({ warning, setting }) => (warning ? [say(setting, warning)] : [])),
        ...(stage === 'prod' ? [] : unlimited),
      ],
    };
  });
}

/** @throws ConfigurationError */
export function requireSafePlugins(input: PluginCheckInput): void {
  const problems = describePlugins(input).flatMap(({ id, problems }) => problems.map((each) => `${id}: ${each}`));
  if (problems.length > 0) throw new ConfigurationError(`plugins are refused: ${problems.join('; ')}`);
}

function settingsOf({ id, options }: BetterAuthPlugin, stage: Stage) {
  const prefix = `plugins.${id}`;
  const rules = pluginSettings.filter(({ setting }) => setting === prefix || setting.startsWith(`${prefix}.`));
  return checkSettings({ plugins: { [id]: options ?? {} } }, stage, rules);
}

/** `plugins.x` is about the plugin as a whole. */
const say = (setting: string, words: string) => (setting.split('.').length === 2 ? words : `${setting} ${words}`);

function placeProblems({ id }: BetterAuthPlugin, others: readonly BetterAuthPlugin[]): string[] {
  if (ownPlugins[id]) return [`${id} is there already: ${ownPlugins[id]}`];
  if (id.startsWith('gatehouse-'))
    return [`the id ${id} is Gatehouse's; allowed are ids that do not start with 'gatehouse-'`];
  return others.some((other) => other.id === id) ? [`there are two plugins with the id ${id}; allowed is one`] : [];
}

/** Without a plugin. */
function betterAuthPaths(): Set<string> {
  const { api } = getEndpoints({} as never, {});
  return new Set(Object.values(api).flatMap(({ path }: { path?: string }) => (path ? [path] : [])));
}
