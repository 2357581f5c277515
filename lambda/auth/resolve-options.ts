import type { AuthOptions, ResolvedOptions } from './auth-options.ts';
import type { Clients } from './clients.ts';
import type { AuthEnvironment } from './environment.ts';

/** Gives the options their client secrets. What that takes is loaded only where there are providers or plugins. */
export async function resolveOptions(
  { socialProviders, plugins = [], ...others }: AuthOptions,
  { secretsManager }: Clients,
  { providerSecretsArn, stage }: AuthEnvironment,
): Promise<ResolvedOptions> {
  if (!socialProviders && Array.isArray(plugins) && plugins.length === 0) return others;
  const [{ resolveProviders }, { providerSecrets }] = await Promise.all([
    import('../policy/provider-options.ts'),
    import('../policy/provider-secrets.ts'),
  ]);
  const secret = providerSecrets(secretsManager, providerSecretsArn);
  return resolveProviders({ ...others, ...(socialProviders && { socialProviders }), plugins }, secret, stage);
}
