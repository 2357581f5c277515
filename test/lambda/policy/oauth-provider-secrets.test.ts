import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { genericOAuth } from 'better-auth/plugins';
import type { AuthOptions } from '../../../lambda/auth/auth-options.ts';
import { captureLogs } from '../../support/capture-logs.ts';
import {
  clientSecret,
  home,
  location,
  type Providers,
  person,
  socialSignIn,
  startProviders,
} from '../../support/social.ts';
import { type Stack, startStack } from '../../support/stack.ts';

let stack: Stack;
let providers: Providers;
beforeAll(async () => {
  stack = await startStack();
  providers = await startProviders(stack);
});
afterAll(async () => {
  await providers.stop();
  await stack.stop();
});

const asked = (body: object = { provider: 'acme' }) =>
  ['/api/auth/sign-in/social', { callbackURL: home, ...body }] as const;

describe('a client secret', () => {
  test('that nobody has put there: 503 with a code, the log names it; the next request looks again', async () => {
    await providers.put('{}');
    const container = await stack.start({ variables: providers.variables, options: providers.options() });
    const output = await captureLogs(async () => {
      const refused = await container.another().post(...asked());
      expect(refused).toMatchObject({ status: 503, json: { code: 'PROVIDER_SECRET_UNAVAILABLE' } });
    });
    expect(output).toContain("provider secret 'acme' is not in");
    expect(await container.get('/health')).toMatchObject({ status: 200 });
    expect(await container.get('/.well-known/jwks.json')).toMatchObject({ status: 200 });

    await providers.put(JSON.stringify({ acme: clientSecret }));
    const browser = container.another();
    expect(location(await socialSignIn(browser, providers.acme, person('late')))).toBe(home);
  });

  test.each([
    ['no JSON', 'canary-broken {'],
    ['no object', '"canary-text"'],
    ['no text', '{"acme":{"canary":1}}'],
  ])('is unavailable where there is %s, and what is there is not logged', async (_name, text) => {
    await providers.put(text);
    const container = await stack.start({ variables: providers.variables, options: providers.options() });
    const output = await captureLogs(async () => {
      expect(await container.another().post(...asked())).toMatchObject({ status: 503 });
    });
    expect(output).not.toContain('canary-');
    await providers.put(JSON.stringify({ acme: clientSecret }));
  });

  test('is unavailable in a deployment without a secret for them', async () => {
    const container = await stack.start({ options: providers.options() });
    expect(await container.another().post(...asked())).toMatchObject({
      status: 503,
      json: { code: 'PROVIDER_SECRET_UNAVAILABLE' },
    });
  });

  test('is not read when no option asks for one', async () => {
    const container = await stack.start({ variables: { GATEHOUSE_PROVIDER_SECRETS_ARN: 'arn:of:nothing' } });
    expect(await container.get('/api/auth/get-session')).toMatchObject({ status: 200 });
  });
});

describe('in prod a client secret that stands elsewhere is refused at init', () => {
  const written = 'canary-secret-in-the-code';
  test.each<[string, AuthOptions, string]>([
    [
      'of a built-in provider',
      { socialProviders: { github: { clientId: 'id', clientSecret: written } } },
      'socialProviders.github.clientSecret',
    ],
    [
      'of a built-in provider that is a function',
      { socialProviders: { google: async () => ({ clientId: 'id', clientSecret: written }) } },
      'socialProviders.google.clientSecret',
    ],
    [
      'of a generic provider',
      {
        plugins: [
          genericOAuth({
            config: [
              {
                providerId: 'acme',
                clientId: 'id',
                clientSecret: written,
                authorizationUrl: 'https://a.example',
                tokenUrl: 'https://t.example',
              },
            ],
          }),
        ],
      },
      'plugins.generic-oauth.acme.clientSecret',
    ],
  ])('%s', async (_name, options, setting) => {
    const start = stack.start({ variables: providers.variables, options });
    await expect(start).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(`${setting} does not come from providerSecret()`),
    });
    await expect(start).rejects.not.toThrow(written);
    await stack.start({ variables: { ...providers.variables, GATEHOUSE_STAGE: 'dev' }, options });
  });
});

test('a built-in provider is had the same way', async () => {
  const container = await stack.start({
    variables: providers.variables,
    options: {
      socialProviders: async ({ providerSecret }) => ({
        github: { clientId: 'github-id', clientSecret: await providerSecret('acme') },
      }),
    },
  });
  const { json } = await container.another().post(...asked({ provider: 'github' }));
  const url = new URL(json.url);
  expect(url.origin + url.pathname).toBe('https://github.com/login/oauth/authorize');
  expect(url.searchParams.get('client_id')).toBe('github-id');
  expect(json.url).not.toContain(clientSecret);
});
