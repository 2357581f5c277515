import { type OriginPattern, parseOriginPattern } from '../../contract/origin-pattern.ts';
import { parseUrl } from '../../contract/parse-url.ts';
import { isSafePath, splitTarget } from './origin-target.ts';

/** The origins that are trusted for one request. */
export interface OriginList {
  /** As configured. */
  readonly patterns: readonly string[];
  /** Whether an `Origin` header names one of them, written exactly as browsers write it. */
  isOrigin(origin: string): boolean;
  /** Whether a redirect may lead there: a path of this host, or a URL at one of them. */
  isTarget(url: string): boolean;
}

/** @param patterns that passed the rules on trusted origins */
export function originList(patterns: readonly string[]): OriginList {
  const parsed = patterns.map(parseOriginPattern).filter((pattern) => typeof pattern !== 'string');
  const isOrigin = (origin: string) => parsed.some((pattern) => matches(origin, pattern));
  return {
    patterns,
    isOrigin,
    isTarget(url) {
      if (url.startsWith('/')) return isSafePath(url);
      const origin = splitTarget(url);
      return origin !== undefined && isOrigin(origin);
    },
  };
}

/** To the letter: an origin that is not in the form of RFC 6454 section 6.2 comes from no browser. */
function matches(origin: string, pattern: OriginPattern): boolean {
  if (pattern.kind === 'custom') {
    const rest = origin.startsWith(`${pattern.scheme}://`) ? origin.slice(pattern.scheme.length + 3) : undefined;
    return rest !== undefined && (pattern.host === '' ? /^[\w.:-]*$/.test(rest) : rest === pattern.host);
  }
  const url = parseUrl(origin);
  if (url?.origin !== origin || url.protocol !== `${pattern.scheme}:`) return false;
  if (pattern.anyPort) return url.hostname === pattern.host;
  if (pattern.kind === 'host') return url.host === pattern.host;
  // The URL standard lets a host contain more than a name in the DNS can.
  const below = url.host.endsWith(pattern.host) ? url.host.slice(0, -pattern.host.length) : '';
  return /^([a-z0-9_-]+\.)+$/.test(below);
}
