import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { requireLength, requirePattern } from './require.ts';

/** What happens to a request of which AWS WAF sees only the beginning: `MATCH` is the strict choice for a rule that blocks. */
export type Oversize = 'CONTINUE' | 'MATCH' | 'NO_MATCH';
/** What happens to a request that lacks what is needed. */
export type Fallback = 'MATCH' | 'NO_MATCH';

/** The part of a request that a match looks at; `RequestPart` has functions that make them. */
export interface RequestPart {
  readonly fieldToMatch: CfnWebACL.FieldToMatchProperty;
  /** The capacity of a match on this part, from its capacity on others. Source: AWS WAF, "Request components". */
  readonly capacity: (base: number) => number;
  /** The only kind of match that AWS WAF takes for this part. @default - any */
  readonly only?: 'exactly';
}

const part = (fieldToMatch: CfnWebACL.FieldToMatchProperty, capacity = (base: number) => base): RequestPart => ({
  fieldToMatch,
  capacity,
});

const name = (setting: string, value: string): string =>
  requirePattern(setting, value, /^[^\s:;,=]{1,64}$/, 'are names of 1 to 64 characters');

export const RequestPart = {
  /** The method. */
  method: (): RequestPart => part({ method: {} }),
  /** As the client wrote it. `FirewallMatch.path` undoes the usual disguises. */
  path: (): RequestPart => part({ uriPath: {} }),
  /** All of the query, without the question mark. */
  queryString: (): RequestPart => part({ queryString: {} }),
  /** The value of one argument of the query. */
  queryArgument: (argument: string): RequestPart => part({ singleQueryArgument: { Name: name('argument', argument) } }),
  /** The value of each argument of the query. */
  queryArguments: (): RequestPart => part({ allQueryArguments: {} }, (base) => base + 10),
  /** The value of one header. */
  header: (header: string): RequestPart => part({ singleHeader: { Name: name('header', header).toLowerCase() } }),
  /** Names, values or both of all headers. */
  headers: (oversize: Oversize, matchScope: 'ALL' | 'KEY' | 'VALUE' = 'ALL'): RequestPart =>
    part({ headers: { matchPattern: { all: {} }, matchScope, oversizeHandling: oversize } }),
  /** Names, values or both of all cookies, or of some. */
  cookies: (oversize: Oversize, names?: readonly string[], matchScope: 'ALL' | 'KEY' | 'VALUE' = 'ALL'): RequestPart =>
    part({
      cookies: {
        matchPattern: names
          ? { includedCookies: requireLength('names', names, 1, 199).map((one) => name('names', one)) }
          : { all: {} },
        matchScope,
        oversizeHandling: oversize,
      },
    }),
  /** As text. AWS WAF sees the first 8 KB for a load balancer, 16 KB for API Gateway and CloudFront unless they inspect more. */
  body: (oversize: Oversize): RequestPart => part({ body: { oversizeHandling: oversize } }),
  /** As JSON: its values, or the keys too. `invalid` says what happens to a body that is no JSON. */
  jsonBody: (oversize: Oversize, invalid: Fallback, matchScope: 'ALL' | 'KEY' | 'VALUE' = 'VALUE'): RequestPart =>
    part(
      {
        jsonBody: {
          matchPattern: { all: {} },
          matchScope,
          oversizeHandling: oversize,
          invalidFallbackBehavior: invalid,
        },
      },
      (base) => base * 2,
    ),
  /** The names of the headers in their order, which tells one kind of client from another. */
  headerOrder: (oversize: Oversize): RequestPart => part({ headerOrder: { oversizeHandling: oversize } }),
  /** CloudFront and load balancers only. */
  ja3: (fallback: Fallback): RequestPart => ({
    ...part({ ja3Fingerprint: { fallbackBehavior: fallback } }),
    only: 'exactly',
  }),
  /** CloudFront and load balancers only. */
  ja4: (fallback: Fallback): RequestPart => ({
    ...part({ ja4Fingerprint: { fallbackBehavior: fallback } }),
    only: 'exactly',
  }),
};
