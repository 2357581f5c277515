import { parseUrl } from '../../contract/parse-url.ts';

/** Control characters, which URL parsers drop or take for ends of lines, and spaces of all kinds, which they trim. */
const ambiguous = /[\p{Cc}\p{Cf}\p{Z}\\]/u;

/**
 * A path on the own host, under every reading of it: `//host` and `/\host` lead elsewhere, and some routers decode `%2f` and `%5c` before
 * they look (RFC 3986 section 4.2; WHATWG URL standard).
 */
export function isSafePath(value: string): boolean {
  if (!value.startsWith('/') || ambiguous.test(value)) return false;
  const [path = ''] = value.split(/[?#]/);
  if (path.includes('//') || /%(2f|5c|00|0a|0d|09)/i.test(path)) return false;
  const base = 'https://path.invalid';
  return parseUrl(value, base)?.origin === base;
}

/**
 * The origin of an absolute URL, when every parser would find the same one: it must be written in its normal form, without
 * credentials.
 */
export function splitTarget(value: string): string | undefined {
  const [, origin, rest] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#@\\]*)(.*)$/s.exec(value) ?? [];
  if (origin === undefined || ambiguous.test(origin) || /[\p{Cc}\\]/u.test(rest!)) return undefined;
  if (!/^https?:/.test(origin)) return /@/.test(rest!.split(/[/?#]/)[0]!) ? undefined : origin;
  return parseUrl(value)?.origin === origin ? origin : undefined;
}
