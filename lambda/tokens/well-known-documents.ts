import { createHash } from 'node:crypto';
import { routes } from '../../contract/routes.ts';
import type { KeySet } from './key-set.ts';

/** How long verifiers and caches may keep the key set and discovery, in seconds. */
export const wellKnownMaxAge = 300;

export const wellKnownCacheControl = `public, max-age=${wellKnownMaxAge}, stale-while-revalidate=${wellKnownMaxAge}`;

export interface WellKnownInput {
  readonly issuer: string;
  /** Where verifiers shall fetch the key set. */
  readonly jwksUri: string;
  readonly keySet: KeySet;
}

export interface WellKnownDocument {
  readonly body: string;
  readonly etag: string;
}

/**
 * The public documents of the issuer, by path: the key set (RFC 7517) and the discovery document (OpenID Connect Discovery 1.0
 * section 3, as far as it applies to an issuer without an authorization endpoint).
 */
export function wellKnownDocuments({ issuer, jwksUri, keySet }: WellKnownInput): Map<string, WellKnownDocument> {
  return new Map([
    [routes.jwks, render({ keys: keySet.keys.map((key) => key.jwk) })],
    [
      routes.discovery,
      render({
        issuer,
        jwks_uri: jwksUri,
        response_types_supported: ['none'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [...new Set(keySet.keys.map((key) => key.algorithm))],
      }),
    ],
  ]);
}

function render(document: object): WellKnownDocument {
  const body = JSON.stringify(document);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
