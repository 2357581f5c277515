import { routes } from '../contract/routes.ts';
import { secureUrlProblem } from '../contract/secure-url.ts';
import { fetchJson } from './fetch-json.ts';
import { type JSONWebKeySet, publicKeys } from './key-set.ts';
import { isRecord } from './strict-json.ts';
import { shown } from './verification-error.ts';

export interface FetchKeysInput {
  readonly issuer: string;
  /** @default - what the issuer's discovery document says, asked each time, so that it may move */
  readonly jwks: URL | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** Seconds for all of it. */
  readonly timeout: number;
}

/** Fetches the issuer's public keys. Throws when it does not get any. */
export async function fetchKeys({ issuer, jwks, fetch, timeout }: FetchKeysInput): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(timeout * 1000);
  const url = jwks ?? (await discover(issuer, fetch, signal));
  const keys = publicKeys(await fetchJson(fetch, url, signal));
  if (!keys) throw new Error(`${url} has no public keys`);
  return keys;
}

/** OpenID Connect Discovery 1.0, section 4. */
async function discover(issuer: string, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<URL> {
  const url = new URL(issuer.replace(/\/$/, '') + routes.discovery);
  const document = await fetchJson(fetch, url, signal);
  if (!isRecord(document) || document.issuer !== issuer) {
    const found = isRecord(document) ? shown(document.issuer) : 'not an object';
    throw new Error(`${url} is of issuer ${found}; it must be exactly ${shown(issuer)}`);
  }
  const problem = secureUrlProblem(document.jwks_uri);
  if (problem) throw new Error(`jwks_uri of ${url} ${problem}`);
  const keys = new URL(document.jwks_uri as string);
  // The loopback of this machine is a place for the keys of a local stack only.
  if (keys.protocol !== 'https:' && url.protocol === 'https:') {
    throw new Error(`jwks_uri of ${url} is ${shown(keys.href)}; it must use https as the issuer does`);
  }
  return keys;
}
