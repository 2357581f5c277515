import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import options from '../../examples/fork/options.ts';
import { describePlugins } from '../../lambda/policy/plugin-check.ts';
import { resolveProviders } from '../../lambda/policy/provider-options.ts';
import { type Browser, password, type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
let container: Browser;
beforeAll(async () => {
  stack = await startStack();
  const SecretString = JSON.stringify({ github: 'secret-of-github', google: 'secret-of-google' });
  const { ARN } = await stack.clients.secretsManager.send(new CreateSecretCommand({ Name: 'providers', SecretString }));
  container = await stack.start({ options, variables: { GATEHOUSE_PROVIDER_SECRETS_ARN: ARN! } });
});
afterAll(() => stack.stop());

test('the example’s providers are offered', async () => {
  for (const provider of ['github', 'google']) {
    const { json } = await container.another().post('/api/auth/sign-in/social', { provider });
    expect(json.url).toMatch(/^https:\/\//);
  }
});

test('its own rule holds for every sign-up', async () => {
  const signUp = (email: string) =>
    container.another().post('/api/auth/sign-up/email', { name: 'Ada', email, password });
  expect(await signUp('ada@example.com')).toMatchObject({ status: 200 });
  expect(await signUp('mallory@example.org')).toMatchObject({ status: 400, json: { code: 'NOT_OF_THE_COMPANY' } });
});

test('nothing is to be said about its plugins, in prod', async () => {
  const { plugins = [] } = await resolveProviders(options, async (name) => name, 'prod');
  for (const { problems, warnings } of describePlugins({ plugins, stage: 'prod' })) {
    expect([...problems, ...warnings]).toEqual([]);
  }
});
