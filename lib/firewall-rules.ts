import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { maxBodyBytes } from '../contract/routes.ts';

/** A rule of the web ACL before it has a place in the order. */
export interface FirewallRule {
  readonly name: string;
  /** Web ACL capacity units that the rule takes; an upper bound. Source: AWS WAF, "Rule statements list". */
  readonly capacity: number;
  readonly statement: CfnWebACL.StatementProperty;
  /** Our own rules act; managed groups act as their rules say, unless `overrideAction` says otherwise. */
  readonly action?: CfnWebACL.RuleActionProperty;
  readonly overrideAction?: CfnWebACL.OverrideActionProperty;
}

const transformationCapacity = 10;

/** Undoes the usual disguises of a path. Decoding twice catches `%2561`; a path that needed it is no client of ours. */
const plainPath: CfnWebACL.TextTransformationProperty[] = [
  'URL_DECODE',
  'URL_DECODE',
  'NORMALIZE_PATH',
  'LOWERCASE',
].map((type, priority) => ({ type, priority }));

/** Matches below the base URL on both hosts, since the execute-api host has the stage in front. */
function pathMatches(regexString: string): { statement: CfnWebACL.StatementProperty; capacity: number } {
  return {
    statement: { regexMatchStatement: { regexString, fieldToMatch: { uriPath: {} }, textTransformations: plainPath } },
    capacity: 3 + plainPath.length * transformationCapacity,
  };
}

const fromAny = (ipSetArns: readonly string[]): CfnWebACL.StatementProperty => ({
  orStatement: { statements: ipSetArns.map((arn) => ({ ipSetReferenceStatement: { arn } })) },
});

/** Keys of the bodies that our rules answer with. */
export const responseBodies = {
  tooLarge: {
    contentType: 'APPLICATION_JSON',
    content: '{"code":"PAYLOAD_TOO_LARGE","message":"The request body is too large."}',
  },
  tooMany: { contentType: 'APPLICATION_JSON', content: '{"code":"RATE_LIMITED","message":"Too many requests."}' },
} satisfies Record<string, CfnWebACL.CustomResponseBodyProperty>;

function blockWith(responseCode: number, body: keyof typeof responseBodies, headers: Record<string, string> = {}) {
  const all = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers };
  return {
    block: {
      customResponse: {
        responseCode,
        customResponseBodyKey: body,
        responseHeaders: Object.entries(all).map(([name, value]) => ({ name, value })),
      },
    },
  };
}

export function blockNetworks(ipSetArns: readonly string[]): FirewallRule {
  return { name: 'BlockedNetworks', capacity: ipSetArns.length, statement: fromAny(ipSetArns), action: { block: {} } };
}

/** Administration from elsewhere is blocked; what comes from the admin networks still passes through all the other rules. */
export function adminOnlyFrom(ipSetArns: readonly string[]): FirewallRule {
  const admin = pathMatches('/api/auth/+admin([^a-z0-9-]|$)');
  return {
    name: 'AdminNetworks',
    capacity: admin.capacity + ipSetArns.length,
    statement: { andStatement: { statements: [admin.statement, { notStatement: { statement: fromAny(ipSetArns) } }] } },
    action: { block: {} },
  };
}

export function limitBody(): FirewallRule {
  return {
    name: 'BodySize',
    capacity: 1 + transformationCapacity,
    statement: {
      sizeConstraintStatement: {
        fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
        comparisonOperator: 'GT',
        size: maxBodyBytes,
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
    action: blockWith(413, 'tooLarge'),
  };
}

/** WAF counts approximately and blocks late; the function's own limits are the exact ones. */
export function limitRate(limit: number): FirewallRule {
  return {
    name: 'RatePerSource',
    capacity: 2,
    statement: { rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 300, limit } },
    action: blockWith(429, 'tooMany', { 'retry-after': '60' }),
  };
}

export function limitCredentialRate(limit: number): FirewallRule {
  const credentials = pathMatches(
    '/api/auth/+(sign-in|sign-up|two-factor|request-password-reset|reset-password|send-verification-email|change-password)([^a-z0-9-]|$)',
  );
  return {
    name: 'CredentialRatePerSource',
    capacity: 2 + credentials.capacity,
    statement: {
      rateBasedStatement: {
        aggregateKeyType: 'IP',
        evaluationWindowSec: 300,
        limit,
        scopeDownStatement: credentials.statement,
      },
    },
    action: blockWith(429, 'tooMany', { 'retry-after': '60' }),
  };
}
