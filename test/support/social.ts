import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { AuthOptions } from '../../lambda/auth/auth-options.ts';
import { type OidcProvider, type ProviderUser, startOidcProvider } from './oidc-provider.ts';
import { optionsFor } from './social-options.ts';
import { type Answer, type Browser, baseUrl, origin, type Stack } from './stack.ts';

export const clientSecret = 'canary-client-secret-0123456789';
export const home = `${origin}/home`;

/** Two providers, and a Secrets Manager secret with their client secrets. */
export async function startProviders({ clients }: Stack) {
  const client = { clientId: 'gatehouse', clientSecret };
  const [acme, other] = await Promise.all([startOidcProvider(client), startOidcProvider(client)]);
  const { ARN } = await clients.secretsManager.send(
    new CreateSecretCommand({
      Name: `providers-${randomUUID()}`,
      SecretString: JSON.stringify({ acme: clientSecret }),
    }),
  );
  const addresses = { acme: acme.discoveryUrl, other: other.discoveryUrl };
  return {
    acme,
    addresses,
    other,
    variables: { GATEHOUSE_PROVIDER_SECRETS_ARN: ARN! },
    put: (secrets: string) =>
      clients.secretsManager.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: secrets })),
    options: (more: AuthOptions = {}): AuthOptions => optionsFor(addresses, more),
    stop: () => Promise.all([acme.stop(), other.stop()]),
  };
}

export type Providers = Awaited<ReturnType<typeof startProviders>>;

export const person = (name: string, more: Partial<ProviderUser> = {}): ProviderUser => ({
  sub: `sub-${name}`,
  email: `${name}@example.com`,
  email_verified: true,
  name,
  ...more,
});

/** To the provider's page and its consent. @returns the way back */
export async function consented(browser: Browser, provider: OidcProvider, user: ProviderUser, id = 'acme') {
  const body = { provider: id, callbackURL: home, errorCallbackURL: `${origin}/failed` };
  const { json } = await browser.post('/api/auth/sign-in/social', body);
  return provider.consent(json.url, user);
}

/** The way back from the provider, as the browser takes it. */
export const callBack = (browser: Browser, callback: URL): Promise<Answer> =>
  browser.get(callback.href.slice(baseUrl.length));

export async function socialSignIn(browser: Browser, provider: OidcProvider, user: ProviderUser, id?: string) {
  return callBack(browser, (await consented(browser, provider, user, id)).callback);
}

export const location = ({ headers }: Answer) => headers.get('location');
