import { type CookieOptions, cookieName, cookiePath, cookieSameSite, fromProviders } from './cookie-options.ts';
import type { Deployment } from './deployment.ts';
import { sharedSuffix } from './origin-pattern.ts';
import { parseUrl } from './parse-url.ts';
import { routes } from './routes.ts';
import { loopback, type SettingProblem } from './settings.ts';

/** The part of the options that decides whether cookies can work. Each setting alone is known to be well formed. */
interface Options {
  readonly cookies?: CookieOptions;
  readonly trustedOrigins?: unknown;
}

type Rule = (cookies: CookieOptions, deployment: Deployment, options: Options) => SettingProblem[];

/** Combinations of settings with which browsers would drop the cookies, or send them where nobody meant them to go. */
export function cookieProblems(options: Options, deployment: Deployment): SettingProblem[] {
  const cookies = options.cookies ?? {};
  return rules.flatMap((rule) => rule(cookies, deployment, options));
}

const refuse = (setting: string, words: string): SettingProblem[] => [{ setting, message: `${setting} ${words}` }];

const named = (cookies: CookieOptions): string[] => Object.keys(cookies.byName ?? {});

/** RFC 6265bis section 4.1.3.2: a `__Host-` cookie has no Domain and `Path=/`. */
const oneHost: Rule = (cookies) => {
  if (cookies.hostPrefix !== true) return [];
  const because = "a '__Host-' cookie belongs to one whole host (RFC 6265bis section 4.1.3.2)";
  if (cookies.domain !== undefined) {
    return refuse('cookies.hostPrefix', `is true, and cookies.domain is '${cookies.domain}': ${because}`);
  }
  const elsewhere = [undefined, ...named(cookies)].filter((name) => cookiePath(cookies, name) !== '/');
  if (elsewhere.length === 0) return [];
  const [cookie] = elsewhere;
  const where = cookie === undefined ? 'cookies.path' : `the path of '${cookie}'`;
  return refuse('cookies.hostPrefix', `is true, and ${where} is '${cookiePath(cookies, cookie)}': ${because}`);
};

const domain: Rule = ({ domain: value }, { baseUrl }) => {
  if (value === undefined) return [];
  const refused = (words: string) => refuse('cookies.domain', `is '${value}'${words}`);
  const normal = parseUrl(`https://${value}`)?.host;
  if (normal !== value || value.endsWith('.') || value.startsWith('.')) {
    return refused("; allowed is a domain in its normal form, such as 'example.com'");
  }
  if (!value.includes('.') || /^[\d.]+$/.test(value) || loopback.test(value)) {
    return refused(", which browsers take no cookies for; allowed is a domain such as 'example.com'");
  }
  if (sharedSuffix.test(value)) return refused(', where anybody can have a host; allowed is a domain of your own');
  if (baseUrl === undefined) return [];
  const { hostname } = new URL(baseUrl);
  if (hostname === value || hostname.endsWith(`.${value}`)) return [];
  return refused(`, but the base URL's host is '${hostname}': browsers take cookies for a host's own domains only`);
};

const path: Rule = (cookies, { baseUrl }) =>
  [undefined, ...named(cookies)].flatMap((cookie) => {
    if (baseUrl === undefined) return [];
    const value = cookiePath(cookies, cookie);
    const base = new URL(baseUrl).pathname.replace(/\/$/, '') + routes.authBase;
    if (base === value || base.startsWith(value.endsWith('/') ? value : `${value}/`)) return [];
    const setting = cookie === undefined ? 'cookies.path' : 'cookies.byName';
    const which = cookie === undefined ? '' : `has '${cookie}.path', which `;
    return refuse(setting, `${which}is '${value}': browsers would not send it to '${base}'`);
  });

const crossSite: Rule = (cookies, { trustedOrigins }, options) => {
  const [cookie] = ['session_token', ...named(cookies)].filter((name) => cookieSameSite(cookies, name) === 'none');
  const none = cookies.sameSite === 'none' || cookie !== undefined;
  if (!none) {
    return cookies.partitioned
      ? refuse('cookies.partitioned', "is true, which has no effect unless cookies.sameSite is 'none'")
      : [];
  }
  const own = options.trustedOrigins;
  if (trustedOrigins.length > 0 || typeof own === 'function' || (Array.isArray(own) && own.length > 0)) return [];
  const setting = cookies.sameSite === 'none' ? 'cookies.sameSite' : 'cookies.byName';
  const which = cookies.sameSite === 'none' ? '' : `has '${cookie}.sameSite', which `;
  return refuse(
    setting,
    `${which}is 'none', but no trustedOrigins are set: no other site could use the cookies, only abuse them`,
  );
};

const providers: Rule = (cookies) =>
  fromProviders.flatMap((cookie) =>
    cookieSameSite(cookies, cookie) === 'strict'
      ? refuse(
          'cookies.byName',
          `has '${cookie}.sameSite', which is 'strict': it would not come back from a provider's site`,
        )
      : [],
  );

const distinct: Rule = (cookies) => {
  const taken = new Map<string, string>();
  for (const cookie of ['session_token', ...named(cookies)]) {
    const name = cookieName(cookies, cookie);
    const other = taken.get(name);
    if (other !== undefined && other !== cookie) {
      return refuse('cookies.byName', `has the name '${name}' for '${other}' and '${cookie}'`);
    }
    taken.set(name, cookie);
  }
  return [];
};

const rules: readonly Rule[] = [oneHost, domain, path, crossSite, providers, distinct];
