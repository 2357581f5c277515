import { describePlugins, type PluginDescription } from '../../lambda/policy/plugin-check.ts';
import { resolveProviders } from '../../lambda/policy/provider-options.ts';
import type { LoadedStage } from './load-stages.ts';

/** What the plugins of the options open; and why they, or the providers, cannot be looked at. */
export interface PluginReport {
  readonly plugins: readonly PluginDescription[];
  readonly problems: readonly string[];
}

/** Looks at the plugins as the function would at init, with a stand-in for each client secret, since none is at hand here. */
export async function inspectPlugins({ stage, options }: LoadedStage): Promise<PluginReport> {
  let secrets = 0;
  try {
    const { plugins = [], limits } = await resolveProviders(options, async () => `stand-in-${++secrets}`, stage);
    return { plugins: describePlugins({ plugins, limits, stage }), problems: [] };
  } catch (error) {
    return { plugins: [], problems: [(error as Error).message] };
  }
}
