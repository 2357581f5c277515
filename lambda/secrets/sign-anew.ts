import { signedBearer } from '../policy/signed-bearer.ts';
import type { SecretRing } from './secret-ring.ts';
import { type Found, type SignedPart, signedText, signedToken } from './signed-parts.ts';

/** A request on which everything that an accepted version signed is signed by the version that signs now. */
export interface SignedAnew {
  readonly request: Request;
  /** Cookies that another version had signed: their names, and what was signed. The client should get them anew. */
  readonly renewed: ReadonlyMap<string, string>;
  /**
   * The token of the session that the request comes with. A bearer token goes before a cookie, as with Better Auth; in a header that
   * does not reach Better Auth it is none, or the rules of one session would be kept for another.
   */
  readonly sessionToken: string | undefined;
  /** Whether something on it is signed as by a version that is not known here. */
  readonly unknown: boolean;
}

const verifyEmail = /\/verify-email$/;

/** @param sessionCookie the name of the cookie that carries the session token */
export function signAnew(request: Request, ring: SecretRing, sessionCookie: string): SignedAnew {
  const url = new URL(request.url);
  const cookies = (request.headers.get('cookie') ?? '').split(';').map((pair) => cookieOf(pair, ring));
  const [, scheme = '', credentials = ''] = signedBearer.exec(request.headers.get('authorization') ?? '') ?? [];
  const bearer = signedText(credentials, ring);
  const mailed = verifyEmail.test(url.pathname) ? signedToken(url.searchParams.get('token') ?? '', ring) : undefined;

  const renewals = cookies.filter(({ found }) => isRenewed(found));
  const changed = [bearer, mailed].some(isRenewed) || renewals.length > 0;
  const headers = new Headers(request.headers);
  if (renewals.length > 0) headers.set('cookie', cookies.map(({ text }) => text).join(';'));
  if (isRenewed(bearer)) headers.set('authorization', scheme + bearer.text);
  if (isRenewed(mailed)) url.searchParams.set('token', mailed.text);

  // Of several cookies with a name the first counts.
  const session = cookies.find(({ name }) => name === sessionCookie)?.found;
  return {
    request: changed ? new Request(url, new Request(request, { headers })) : request,
    renewed: new Map([
      ...renewals.map(({ name, found }) => [name, (found as SignedPart).value] as const),
      // The bearer plugin hands out what the session cookie would be.
      ...(isRenewed(bearer) ? [[sessionCookie, bearer.value] as const] : []),
    ]),
    sessionToken: textOf(bearer) ?? textOf(session),
    unknown: [bearer, mailed, ...cookies.map(({ found }) => found)].includes('unknown'),
  };
}

function cookieOf(pair: string, ring: SecretRing) {
  const [, before = '', name = '', value = ''] = /^(\s*([^=]*?)\s*=\s*)(.*?)\s*$/s.exec(pair) ?? [];
  const found = signedText(value, ring);
  return { name, found, text: isRenewed(found) ? before + found.text : pair };
}

const isRenewed = (found: Found): found is SignedPart => typeof found === 'object' && found.renewed;

const textOf = (found: Found): string | undefined => (typeof found === 'object' ? found.value : undefined);
