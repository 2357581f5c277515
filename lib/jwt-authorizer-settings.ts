import { type Duration, Token } from 'aws-cdk-lib';
import { secureUrlProblem } from '../contract/secure-url.ts';
import type { SettingProblem } from '../contract/settings.ts';

/**
 * Algorithms that API Gateway's own JWT authorizers verify.
 * Source: Amazon API Gateway API reference, "CreateAuthorizer", `JwtSigningAlgorithm`, as far as KMS signs with them.
 */
export const nativeAlgorithms = ['ES256', 'ES512', 'RS256'] as const;

/** For a longer time nobody would know that a token has expired: a cached answer outlives it. */
export const maxResultsCacheSeconds = 300;

/** Verified anyway, or a setting of their own. API Gateway refuses them too. */
const reservedClaims = ['iss', 'aud', 'exp', 'nbf', 'iat', 'scope', 'scp'];

export interface CheckedAuthorizerSettings {
  readonly issuer: string;
  readonly jwksUri?: string;
  readonly audiences: readonly string[];
  readonly algorithms?: readonly string[];
  readonly allowedAlgorithms: readonly string[];
  readonly identityHeader: string;
  readonly requiredClaims: Readonly<Record<string, string>>;
  readonly requiredScopes: readonly string[];
  readonly contextClaims: readonly string[];
  readonly resultsCacheTtl?: Duration;
}

/** What is wrong with the settings of an authorizer, as far as synthesis can see them. */
export function authorizerProblems(settings: CheckedAuthorizerSettings): SettingProblem[] {
  return [
    ...urlProblems('issuer', settings.issuer),
    ...(settings.issuer.endsWith('/')
      ? [problem('issuer', `'${settings.issuer}' must not end with a slash: the issuer of the tokens has none`)]
      : []),
    ...urlProblems('jwksUri', settings.jwksUri),
    ...audienceProblems(settings.audiences),
    ...algorithmProblems(settings),
    ...headerProblems(settings.identityHeader),
    ...claimProblems(settings.requiredClaims),
    ...scopeProblems('requiredScopes', settings.requiredScopes),
    ...contextProblems(settings.contextClaims),
    ...cacheProblems(settings.resultsCacheTtl),
  ];
}

/** Scopes as RFC 6749, section 3.3, writes them. */
export function scopeProblems(setting: string, scopes: readonly string[]): SettingProblem[] {
  return scopes
    .filter((scope) => !Token.isUnresolved(scope) && !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
    .map((scope) =>
      problem(setting, `'${scope}' is not a scope; allowed are visible ASCII characters other than '"' and '\\'`),
    );
}

function urlProblems(setting: string, value: string | undefined): SettingProblem[] {
  const message = value === undefined || Token.isUnresolved(value) ? undefined : secureUrlProblem(value);
  return message ? [problem(setting, message)] : [];
}

function audienceProblems(audiences: readonly string[]): SettingProblem[] {
  if (audiences.length > 0 && !audiences.includes('')) return [];
  return [problem('audience', 'is empty; give the `aud` that the tokens for this API have')];
}

function algorithmProblems({ algorithms, allowedAlgorithms }: CheckedAuthorizerSettings): SettingProblem[] {
  const allowed = `allowed are ${allowedAlgorithms.map((name) => `'${name}'`).join(', ')}`;
  if (algorithms?.length === 0) return [problem('algorithms', `is empty; ${allowed}`)];
  return (algorithms ?? [])
    .filter((name) => !allowedAlgorithms.includes(name))
    .map((name) => problem('algorithms', `'${name}' is not allowed here; ${allowed}`));
}

function headerProblems(name: string): SettingProblem[] {
  if (/^[A-Za-z0-9-]+$/.test(name)) return [];
  return [problem('identityHeader', `'${name}' is not allowed; allowed are letters, digits and hyphens`)];
}

function claimProblems(claims: Readonly<Record<string, string>>): SettingProblem[] {
  return Object.entries(claims).flatMap(([name, value]) => {
    if (reservedClaims.includes(name)) {
      return [problem('requiredClaims', `'${name}' is not allowed; it is checked by itself or as a scope`)];
    }
    if (name !== '' && typeof value === 'string' && value !== '') return [];
    return [
      problem('requiredClaims', `'${name}' is not allowed; allowed are names, each with a text that is not empty`),
    ];
  });
}

function contextProblems(names: readonly string[]): SettingProblem[] {
  return names
    .filter((name) => ['', 'principalId', 'integrationLatency'].includes(name))
    .map((name) =>
      problem('contextClaims', `'${name}' is not allowed; allowed are names that API Gateway does not use itself`),
    );
}

function cacheProblems(ttl: Duration | undefined): SettingProblem[] {
  if (ttl === undefined || ttl.isUnresolved() || ttl.toSeconds() <= maxResultsCacheSeconds) return [];
  const message = `${ttl.toSeconds()} seconds are not allowed; allowed are up to ${maxResultsCacheSeconds}: a cached answer outlives its token`;
  return [problem('resultsCacheTtl', message)];
}

const problem = (setting: string, message: string): SettingProblem => ({ setting, message });
