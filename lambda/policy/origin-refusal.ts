import type { OriginList } from './origin-list.ts';

export interface OriginRefusal {
  readonly code: 'MISSING_OR_NULL_ORIGIN' | 'INVALID_ORIGIN' | 'CROSS_SITE_REQUEST';
  readonly message: string;
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

/** Where providers have browsers post to (`response_mode=form_post`, SAML), from their own origin: the state proves those. */
const fromProviders = /\/(callback|acs)(\/|$)/;

/**
 * Why a request may be forged by another site's page; undefined when it is not. Sources: ASVS 5.0 3.5.1 and 3.5.3; OWASP CSRF Prevention
 * Cheat Sheet, "Verifying origin with standard headers" and "Fetch Metadata headers".
 *
 * @param own the origin of the API itself
 */
export function originRefusal(request: Request, origins: OriginList, own: string): OriginRefusal | undefined {
  return safeMethods.includes(request.method) ? refuseEmbedding(request, origins) : refuseChange(request, origins, own);
}

function refuseChange({ headers, url }: Request, origins: OriginList, own: string): OriginRefusal | undefined {
  const origin = headers.get('origin') || undefined;
  const site = headers.get('sec-fetch-site');
  const withCookie = headers.has('cookie');
  // A program, not a page: nobody can make it send credentials that it does not mean to send.
  if (!withCookie && origin === undefined && site === null) return undefined;
  if (!withCookie && fromProviders.test(new URL(url).pathname)) return undefined;
  if (!origin || origin === 'null') {
    return { code: 'MISSING_OR_NULL_ORIGIN', message: 'The request names no origin, and needs a trusted one.' };
  }
  if (!origins.isOrigin(origin))
    return { code: 'INVALID_ORIGIN', message: 'The origin of the request is not trusted.' };
  // The two headers contradict each other: no browser sent them.
  if (origin === own && (site === 'cross-site' || site === 'same-site')) return crossSite;
  return undefined;
}

/** Reading with CORS names the origin, following a link is a navigation; what is left is an image, a script, a form in a frame. */
function refuseEmbedding({ headers }: Request, origins: OriginList): OriginRefusal | undefined {
  const site = headers.get('sec-fetch-site');
  if (!headers.has('cookie') || (site !== 'cross-site' && site !== 'same-site')) return undefined;
  const origin = headers.get('origin');
  if (headers.get('sec-fetch-mode') === 'navigate' || (origin !== null && origins.isOrigin(origin))) return undefined;
  return crossSite;
}

const crossSite: OriginRefusal = {
  code: 'CROSS_SITE_REQUEST',
  message: "The request comes from another site's page.",
};
