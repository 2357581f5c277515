import type { ResolvedOptions } from './auth-options.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { AuthEnvironment } from './environment.ts';

/**
 * Refuses dangerous options at init, by the rules of synth and the doctor. The rules are loaded here and nowhere else: they are large, and
 * of no use to a request.
 *
 * @throws ConfigurationError that names every setting at fault
 */
export async function requireSoundOptions(options: ResolvedOptions, environment: AuthEnvironment): Promise<void> {
  const { optionProblems } = await import('../../contract/check-settings.ts');
  const problems = optionProblems(options, environment);
  if (problems.length > 0) throw new ConfigurationError(problems.map(({ message }) => message).join('; '));
  if (!options.plugins?.length) return;
  const { requireSafePlugins } = await import('../policy/plugin-check.ts');
  requireSafePlugins({ ...options, plugins: options.plugins, stage: environment.stage });
}
