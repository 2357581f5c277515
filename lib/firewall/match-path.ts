import type { FirewallMatch } from './match.ts';
import { regex } from './match-text.ts';
import { RequestPart } from './request-part.ts';
import type { Transformation } from './transformation.ts';

/** Undoes letters written as `%61` and as capitals, doubled slashes and dot segments, in this order. */
const plainPath: readonly Transformation[] = ['URL_DECODE', 'NORMALIZE_PATH', 'LOWERCASE'];

/**
 * A regular expression matches the path, whatever its spelling. Write it in lower case, and leave out `^` where the path may have a
 * stage in front, as on the execute-api host. Put `FirewallMatch.disguisedPath` in a rule before it that blocks: some spellings read
 * differently to AWS WAF and to what it protects.
 */
export const path = (pattern: string): FirewallMatch =>
  regex({ part: RequestPart.path(), regex: pattern, transformations: plainPath });

/**
 * The path is spelled as no client spells it: with encoded separators, dots, percent signs or control characters, with backslashes
 * or with dot segments. Such a path may be one thing after AWS WAF's decoding and another to the server: `/admin/x%2f..%2f../../y`.
 */
export const disguisedPath = (): FirewallMatch =>
  regex({
    part: RequestPart.path(),
    regex: String.raw`%(2[5ef]|5c|[01][0-9a-f]|7f)|%[^0-9a-f]|%.[^0-9a-f]|%.?$|[\x00-\x20\x7f\\]|/\.{1,2}(/|$)`,
    transformations: ['LOWERCASE'],
  });
