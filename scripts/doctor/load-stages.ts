import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Stage, stages } from '../../contract/environment.ts';
import type { AuthOptions } from '../../lambda/auth/auth-options.ts';
import type { GatehouseConfig, StageConfig } from '../../lib/index.ts';
import { configFileName } from '../keys/config-source.ts';

export interface LoadedStage {
  readonly stage: Stage;
  readonly config: StageConfig;
  readonly options: AuthOptions;
  /** As people name it. */
  readonly optionsFile: string;
}

/** Reads the configuration of a folder and the options of each of its stages. Throws what these files throw. */
export async function loadStages(root: string, only: Stage | undefined): Promise<LoadedStage[]> {
  const config = await defaultExport<GatehouseConfig>(join(root, configFileName));
  const found = stages.filter((stage) => config.stages[stage] && (only === undefined || stage === only));
  if (found.length === 0) throw new Error(`${configFileName} has no stage${only ? ` '${only}'` : ''}`);
  return Promise.all(
    found.map(async (stage) => {
      const settings = config.stages[stage]!;
      const file = resolve(root, settings.authOptions ?? 'lambda/auth/options.ts');
      const options = await defaultExport<AuthOptions>(file);
      return { stage, config: settings, options, optionsFile: relative(root, file) };
    }),
  );
}

async function defaultExport<T>(file: string): Promise<T> {
  if (!existsSync(file)) throw new Error(`there is no ${file}`);
  return ((await import(pathToFileURL(file).href)) as { default: T }).default;
}
