import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { requireLength, requireOneOf } from './require.ts';

/** What AWS WAF can do to a part of a request before it looks. Source: AWS WAF, "Using text transformations". */
export const transformations = [
  'NONE',
  'BASE64_DECODE',
  'BASE64_DECODE_EXT',
  'CMD_LINE',
  'COMPRESS_WHITE_SPACE',
  'CSS_DECODE',
  'ESCAPE_SEQ_DECODE',
  'HEX_DECODE',
  'HTML_ENTITY_DECODE',
  'JS_DECODE',
  'LOWERCASE',
  'MD5',
  'NORMALIZE_PATH',
  'NORMALIZE_PATH_WIN',
  'REMOVE_NULLS',
  'REPLACE_COMMENTS',
  'REPLACE_NULLS',
  'SQL_HEX_DECODE',
  'URL_DECODE',
  'URL_DECODE_UNI',
  'UTF8_TO_UNICODE',
] as const;

/** What AWS WAF does to a part before it compares. */
export type Transformation = (typeof transformations)[number];

/** In their order. AWS WAF asks for one at least, so none is `NONE`. */
export function textTransformations(list: readonly Transformation[] = []): CfnWebACL.TextTransformationProperty[] {
  requireLength('transformations', list, 0, 10);
  for (const one of list) requireOneOf('transformations', one, transformations);
  return (list.length > 0 ? list : (['NONE'] as const)).map((type, priority) => ({ type, priority }));
}

/** AWS says 10 for each, and not whether that holds for `NONE`; counting it keeps the sum an upper bound. */
export const transformationCapacity = (list: readonly Transformation[] = []): number => 10 * Math.max(1, list.length);
