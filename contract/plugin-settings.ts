import type { Stage } from './environment.ts';
import { secureUrlProblem } from './secure-url.ts';
import type { SettingRule } from './setting-rule.ts';

/** What a stage other than prod may try out. */
const refusedInProd = (message: string | undefined, stage: Stage) => (stage === 'prod' ? message : undefined);
const allowedInDev = (message: string | undefined, stage: Stage) => (stage === 'prod' ? undefined : message);

/** A code or token that lets its bearer in must not be read off the table. */
const stored = (plugin: string, option: string): SettingRule => {
  const words = (value: unknown) =>
    value === 'plain' || value === undefined
      ? "is 'plain': whoever reads the table signs in with what stands there; allowed is 'hashed'"
      : undefined;
  return {
    setting: `plugins.${plugin}.${option}`,
    default: 'plain',
    standard: 'ASVS 5.0 6.5.2',
    problem: (value, stage) => refusedInProd(words(value), stage),
    warning: (value, stage) => allowedInDev(words(value), stage),
  };
};

/** A plugin that has no place in prod. */
const notInProd = (plugin: string, why: string): SettingRule => ({
  setting: `plugins.${plugin}`,
  default: undefined,
  problem: (value, stage) => refusedInProd(value ? `${why}; allowed in stage 'dev' only` : undefined, stage),
  warning: (value, stage) => allowedInDev(value ? why : undefined, stage),
});

/** A plugin that is worth a word, whatever its options. */
const worthAWord = (plugin: string, why: string): SettingRule => ({
  setting: `plugins.${plugin}`,
  default: undefined,
  warning: (value) => (value ? why : undefined),
});

const flag = (setting: string, unsafe: boolean, why: string): SettingRule => ({
  setting,
  default: !unsafe,
  warning: (value) => (value === unsafe ? `is ${unsafe}: ${why}` : undefined),
});

interface Provider {
  readonly providerId?: string;
  readonly pkce?: boolean;
  readonly allowIdpInitiated?: boolean;
  readonly disableIdTokenNonceBinding?: boolean;
  readonly overrideUserInfo?: boolean;
  readonly [url: string]: unknown;
}

const providerUrls = ['discoveryUrl', 'authorizationUrl', 'tokenUrl', 'userInfoUrl'];

function providerProblems(provider: Provider): string[] {
  const urls = providerUrls.flatMap((name) => {
    const problem = provider[name] === undefined ? undefined : secureUrlProblem(provider[name]);
    return problem ? [`${name}, which ${problem}`] : [];
  });
  return provider.pkce === false ? [...urls, 'pkce is false; allowed is true (RFC 9700 section 2.1.1)'] : urls;
}

const providerWarnings = (provider: Provider): string[] => [
  ...(provider.allowIdpInitiated ? ['allowIdpInitiated: a link can sign a person in to a stranger’s account'] : []),
  ...(provider.disableIdTokenNonceBinding
    ? ['disableIdTokenNonceBinding: an id token of another sign-in is taken']
    : []),
  ...(provider.overrideUserInfo ? ['overrideUserInfo: the provider sets the user’s address at each sign-in'] : []),
];

const ofProviders = (value: unknown, words: (provider: Provider) => string[]): string | undefined => {
  const all = (Array.isArray(value) ? (value as Provider[]) : []).flatMap((provider) =>
    words(provider).map((each) => `has ${provider.providerId} with ${each}`),
  );
  return all.length > 0 ? all.join('; ') : undefined;
};

/** Options of Better Auth's plugins that decide whether they are safe. Values are those that a fork gave the plugin. */
export const pluginSettings: readonly SettingRule[] = [
  stored('magic-link', 'storeToken'),
  stored('one-time-token', 'storeToken'),
  stored('email-otp', 'storeOTP'),
  flag(
    'plugins.one-time-token.setOttHeaderOnNewSession',
    true,
    'every sign-in answers with a second key to the session',
  ),
  notInProd('open-api', 'it shows every endpoint to everybody'),
  notInProd('test-utils', 'it signs in without credentials'),
  worthAWord('phone-number', 'its codes stand in clear in the table until they expire'),
  worthAWord('anonymous', 'whoever asks gets a user and a session, so that a session shows nothing about a person'),
  worthAWord(
    'have-i-been-pwned',
    'while its service is down no password can be set, and it knows no timeout; passwords.breachCheck has both',
  ),
  worthAWord('captcha', 'sign-in depends on another service, and fails while that is down'),
  worthAWord('oauth-proxy', 'it hands profiles from one deployment to another, under one secret'),
  {
    setting: 'plugins.passkey.origin',
    default: undefined,
    standard: 'WebAuthn Level 2, section 13.4.9',
    problem: (value) =>
      value === undefined || value === null
        ? 'is not set, so that the client says itself which origin is right; allowed is the origin of your pages'
        : undefined,
  },
  flag(
    'plugins.passkey.registration.requireSession',
    false,
    'whoever asks registers a passkey, for whom your code says',
  ),
  {
    setting: 'plugins.generic-oauth.config',
    default: [],
    standard: 'ASVS 5.0 10.2.1',
    problem: (value) => ofProviders(value, providerProblems),
    warning: (value) => ofProviders(value, providerWarnings),
  },
];

/** Plugins that are there already, and where their settings are. */
export const ownPlugins: Readonly<Record<string, string>> = {
  admin: 'it has no settings',
  bearer: 'it has no settings; bearer tokens need their signature',
  jwt: 'set tokenClaims; tokens are signed in KMS',
  'two-factor': 'set secondFactor',
};
