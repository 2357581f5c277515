import type { Stage } from './environment.ts';

/** A setting that is refused: the constructs throw it at synth, the function at init, with the same words. */
export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}

/** Hosts that name this machine, as `URL.hostname` writes them. */
export const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const parse = (value: string): URL | undefined => (URL.canParse(value) ? new URL(value) : undefined);

/**
 * The base URL must be https (http only on the loopback, never in prod), without query, trailing slash or `/api/auth`, and in
 * the normal form of the WHATWG URL standard: requests are compared with it as text.
 */
export function baseUrlProblems(value: string, stage: Stage): SettingProblem[] {
  const problem = (message: string) => [{ setting: 'baseUrl', message: `baseUrl '${value}' ${message}` }];
  const url = parse(value);
  if (!url) return problem("is not a URL; allowed is an absolute one, such as 'https://auth.example.com'");
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && stage !== 'prod' && loopback.test(url.hostname))) {
    return problem(
      stage === 'prod' ? "must use https in stage 'prod'" : 'must use https; http is allowed on the loopback only',
    );
  }
  if (url.username || url.password || url.search || url.hash || value.includes('?') || value.includes('#')) {
    return problem('must not carry credentials, a query or a fragment');
  }
  if (value.endsWith('/')) return problem('must not end with a slash: it is the issuer of the tokens, to the letter');
  if (/\/api\/auth(\/|$)/.test(url.pathname)) return problem("must not contain '/api/auth'; Gatehouse adds it");
  const normal = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  if (value !== normal) return problem(`is not in its normal form; allowed is '${normal}'`);
  return [];
}

/**
 * Trusted origins are `scheme://host[:port]`; one `*.` may stand before a registrable host, and a bare scheme with `://`
 * (`myapp://`) names a custom scheme. http is for the loopback outside prod.
 */
export function trustedOriginProblems(origins: readonly string[], stage: Stage): SettingProblem[] {
  return origins.flatMap((origin) => {
    const problem = (message: string) => [
      { setting: 'trustedOrigins', message: `trusted origin '${origin}' ${message}` },
    ];
    const match = /^([a-z][a-z0-9+.-]*):\/\/(\*\.)?([^/*?#@\\\s]*)$/.exec(origin);
    if (!match) {
      return problem("is not an origin; allowed are 'https://app.example.com', 'https://*.example.com' and 'myapp://'");
    }
    const [, scheme, wildcard, authority = ''] = match;
    const web = scheme === 'https' || scheme === 'http';
    if (web && !parse(`${scheme}://${authority}`)) return problem('has no valid host');
    // Compared to the letter with what browsers send, which is always the normal form.
    const host = web ? new URL(`${scheme}://${authority}`).host : authority;
    if (host !== authority) return problem(`is not in normal form; write '${scheme}://${wildcard ?? ''}${host}'`);
    const hostname = web ? new URL(`${scheme}://${authority}`).hostname : '';
    if (wildcard && !hostname.includes('.'))
      return problem("has a wildcard over a whole top level; allowed is '*.example.com'");
    if (scheme === 'http' && (stage === 'prod' || !loopback.test(hostname))) {
      return problem(
        stage === 'prod' ? "must use https in stage 'prod'" : 'must use https; http is for the loopback only',
      );
    }
    return [];
  });
}
