import type { Stage } from './environment.ts';
import { parseUrl } from './parse-url.ts';

/** A setting that is refused: the constructs throw it at synth, the function at init, with the same words. */
export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}

/** Hosts that name this machine, as `URL.hostname` writes them. */
export const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The base URL must be https (http only on the loopback, never in prod), without query, trailing slash or `/api/auth`, and in
 * the normal form of the WHATWG URL standard: requests are compared with it as text.
 */
export function baseUrlProblems(value: string, stage: Stage): SettingProblem[] {
  const problem = (message: string) => [{ setting: 'baseUrl', message: `baseUrl '${value}' ${message}` }];
  const url = parseUrl(value);
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
