import { createHash } from 'node:crypto';
import { routes } from '../../contract/routes.ts';
import type { KeySet } from './key-set.ts';

/** How long verifiers and caches may keep the key set and discovery, in seconds. */
export const wellKnownMaxAge = 300;

/**
 * The public documents of the issuer: the key set (RFC 7517) and the discovery document (OpenID Connect Discovery 1.0 section 3,
 * as far as it applies to an issuer without an authorization endpoint). Rendered once per container; a request only compares
 * its ETag.
 */
export function wellKnownDocuments(
  issuer: string,
  keySet: KeySet,
): (path: string, request: Request) => Response | undefined {
  const documents = new Map([
    [routes.jwks, render({ keys: keySet.keys.map((key) => key.jwk) })],
    [
      routes.discovery,
      render({
        issuer,
        jwks_uri: issuer + routes.jwks,
        response_types_supported: ['none'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [...new Set(keySet.keys.map((key) => key.algorithm))],
      }),
    ],
  ]);
  return (path, request) => {
    const document = documents.get(path as typeof routes.jwks);
    if (!document) return undefined;
    const headers = {
      'Cache-Control': `public, max-age=${wellKnownMaxAge}, stale-while-revalidate=${wellKnownMaxAge}`,
      'Content-Type': 'application/json',
      ETag: document.etag,
    };
    const matches = request.headers
      .get('if-none-match')
      ?.split(',')
      .some((tag) => [document.etag, '*'].includes(tag.trim().replace(/^W\//, '')));
    if (matches) return new Response(null, { status: 304, headers });
    return new Response(request.method === 'HEAD' ? null : document.body, { headers });
  };
}

function render(document: object): { body: string; etag: string } {
  const body = JSON.stringify(document);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
