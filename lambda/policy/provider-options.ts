import type { BetterAuthOptions, BetterAuthPlugin } from 'better-auth';
import type { Stage } from '../../contract/environment.ts';
import { ConfigurationError } from '../auth/configuration-error.ts';
import type { ProviderSecret } from './provider-secrets.ts';

export interface ProviderContext {
  /**
   * The client secret that is kept under this name in Secrets Manager. Rejects with PROVIDER_SECRET_UNAVAILABLE while there is none;
   * the function then answers 503 to everything but health and the key set, and looks again with the next request.
   */
  readonly providerSecret: ProviderSecret;
}

/** A value, or a function that makes it once the client secrets can be had. */
export type WithSecrets<T> = T | ((context: ProviderContext) => T | Promise<T>);

export interface ProviderOptions {
  /** Better Auth's social providers; a function when they have client secrets. @default none */
  readonly socialProviders?: WithSecrets<NonNullable<BetterAuthOptions['socialProviders']>>;
  /** Better Auth plugins beside Gatehouse's; a function when they have client secrets. @default none */
  readonly plugins?: WithSecrets<BetterAuthPlugin[]>;
}

export interface ResolvedProviders {
  readonly socialProviders?: BetterAuthOptions['socialProviders'];
  readonly plugins?: BetterAuthPlugin[];
}

/**
 * Gives the options their client secrets. In prod a client secret from anywhere else is refused: what stands in the code is in the
 * repository and the bundle, and what stands in the environment is shown by the Lambda console (ASVS 5.0 13.3.1).
 */
export async function resolveProviders<Options extends ProviderOptions>(
  options: Options,
  secret: ProviderSecret,
  stage: Stage,
): Promise<Omit<Options, keyof ProviderOptions> & ResolvedProviders> {
  const handedOut = new Set<string>();
  const context: ProviderContext = {
    async providerSecret(name) {
      const value = await secret(name);
      handedOut.add(value);
      return value;
    },
  };
  const { socialProviders, plugins, ...others } = options;
  const resolved = {
    ...others,
    ...(socialProviders && { socialProviders: await made(socialProviders, context) }),
    ...(plugins && { plugins: await made(plugins, context) }),
  };
  const [foreign] = stage === 'prod' ? await foreignSecrets(resolved, handedOut) : [];
  if (!foreign) return resolved;
  throw new ConfigurationError(
    `${foreign} does not come from providerSecret(); nothing else is allowed in stage 'prod'`,
  );
}

const made = async <T>(value: WithSecrets<T>, context: ProviderContext): Promise<T> =>
  typeof value === 'function' ? (value as (context: ProviderContext) => T | Promise<T>)(context) : value;

/** Names of the client secrets that nobody asked for by name. */
async function foreignSecrets({ socialProviders = {}, plugins = [] }: ResolvedProviders, known: Set<string>) {
  const social = await Promise.all(
    Object.entries(socialProviders).map(async ([name, provider]) => {
      const config = typeof provider === 'function' ? await provider() : provider;
      return [`socialProviders.${name}.clientSecret`, config] as const;
    }),
  );
  const generic = plugins
    .flatMap(({ options }) => (options as { config?: unknown } | undefined)?.config ?? [])
    .map(
      (config: { providerId?: string }) => [`plugins.generic-oauth.${config.providerId}.clientSecret`, config] as const,
    );
  return [...social, ...generic]
    .filter(([, config]) => {
      const secret = (config as { clientSecret?: unknown } | null)?.clientSecret;
      return typeof secret === 'string' && secret !== '' && !known.has(secret);
    })
    .map(([name]) => name);
}
