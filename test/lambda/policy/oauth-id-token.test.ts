import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isSignedIn } from '../../support/second-factor.ts';
import { home, location, type Providers, person, socialSignIn, startProviders } from '../../support/social.ts';
import { type Browser, origin, type Stack, startStack } from '../../support/stack.ts';

let stack: Stack;
let providers: Providers;
let container: Browser;
beforeAll(async () => {
  stack = await startStack();
  providers = await startProviders(stack);
  container = await stack.start({ ...providers, options: providers.options() });
});
afterAll(async () => {
  await providers.stop();
  await stack.stop();
});

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const partsOf = (token: string) => token.split('.') as [string, string, string];
const claimsOf = (token: string) => JSON.parse(Buffer.from(partsOf(token)[1], 'base64url').toString());

const forgeries: [string, (token: string) => string][] = [
  [
    'whose claims were changed',
    (token) => {
      const [header, , signature] = partsOf(token);
      return [header, encoded({ ...claimsOf(token), name: 'Mallory' }), signature].join('.');
    },
  ],
  ['without a signature', (token) => `${partsOf(token).slice(0, 2).join('.')}.`],
  ['with alg none', (token) => `${encoded({ alg: 'none' })}.${partsOf(token)[1]}.`],
  [
    'with a signature of zeros',
    (token) => [...partsOf(token).slice(0, 2), Buffer.alloc(64).toString('base64url')].join('.'),
  ],
];

test.each(forgeries)('an id token %s signs nobody in', async (_, forge) => {
  const browser = container.another();
  providers.acme.alterIdTokens(forge);
  const answer = await socialSignIn(browser, providers.acme, person('forged'));
  expect(location(answer)).toMatch(`${origin}/failed?error=`);
  expect(await isSignedIn(browser)).toBe(false);
  providers.acme.alterIdTokens((token) => token);
  expect(location(await socialSignIn(browser, providers.acme, person('forged')))).toBe(home);
});
