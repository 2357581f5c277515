import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { labelNamespace } from './label.ts';
import type { ForwardedAddress } from './match-source.ts';
import type { Fallback } from './request-part.ts';
import { requirePattern } from './require.ts';
import { type Transformation, textTransformations, transformationCapacity } from './transformation.ts';

/** What a rate rule counts by; `RateKey` has functions that make them. Requests that lack a key are not counted. */
export interface RateKey {
  readonly key: CfnWebACL.RateBasedStatementCustomKeyProperty;
  /** Capacity of its transformations, which comes on top of that of a key. */
  readonly transformationCapacity: number;
  /** What AWS WAF calls the key when it stands alone. @default - a custom key */
  readonly alone?: 'IP' | 'FORWARDED_IP';
  readonly forwarded?: ForwardedAddress;
}

const plain = (key: CfnWebACL.RateBasedStatementCustomKeyProperty): RateKey => ({ key, transformationCapacity: 0 });

function named(
  kind: 'header' | 'cookie' | 'queryArgument',
  name: string,
  transformations: readonly Transformation[] = [],
): RateKey {
  requirePattern(kind, name, /^[^\s:;,=]{1,64}$/, 'are names of 1 to 64 characters');
  return {
    key: { [kind]: { name, textTransformations: textTransformations(transformations) } },
    transformationCapacity: transformationCapacity(transformations),
  };
}

function whole(kind: 'queryString' | 'uriPath', transformations: readonly Transformation[] = []): RateKey {
  return {
    key: { [kind]: { textTransformations: textTransformations(transformations) } },
    transformationCapacity: transformationCapacity(transformations),
  };
}

export const RateKey = {
  /** The address of the connection. */
  ip: (): RateKey => ({ ...plain({ ip: {} }), alone: 'IP' }),
  /** The first address in a header. */
  forwardedIp: (forwarded: ForwardedAddress): RateKey => ({
    ...plain({ forwardedIp: {} }),
    alone: 'FORWARDED_IP',
    forwarded,
  }),
  /** The autonomous system of the address. */
  asn: (): RateKey => plain({ asn: {} }),
  /** The client's TLS fingerprint, which AWS WAF knows behind CloudFront and load balancers. `MATCH` counts those without one together. */
  ja4: (fallback: Fallback): RateKey => plain({ ja4Fingerprint: { fallbackBehavior: fallback } }),
  /** The older TLS fingerprint. */
  ja3: (fallback: Fallback): RateKey => plain({ ja3Fingerprint: { fallbackBehavior: fallback } }),
  /** The value of a header, by its name. */
  header: (name: string, transformations?: readonly Transformation[]): RateKey =>
    named('header', name, transformations),
  /** The value of a cookie, by its name. */
  cookie: (name: string, transformations?: readonly Transformation[]): RateKey =>
    named('cookie', name, transformations),
  /** The value of an argument of the query, by its name. */
  queryArgument: (name: string, transformations?: readonly Transformation[]): RateKey =>
    named('queryArgument', name, transformations),
  /** All of the query. */
  queryString: (transformations?: readonly Transformation[]): RateKey => whole('queryString', transformations),
  /** The path. */
  path: (transformations?: readonly Transformation[]): RateKey => whole('uriPath', transformations),
  /** The method. */
  method: (): RateKey => plain({ httpMethod: {} }),
  /** Each label of the namespace that rules before this one gave the request. */
  labelNamespace: (namespace: string): RateKey => {
    labelNamespace(namespace);
    return plain({ labelNamespace: { namespace } });
  },
};
