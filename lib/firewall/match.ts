import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';

/** What a web ACL protects: resources of its Region, or CloudFront distributions (from us-east-1 only). */
export type FirewallScope = 'REGIONAL' | 'CLOUDFRONT';

/** The web ACL that a match is rendered for. */
export interface WebAcl {
  /** Gets the resources that matches need, such as IP sets. */
  readonly construct: Construct;
  readonly scope: FirewallScope;
}

/** A match as one web ACL needs it. */
export interface BoundMatch {
  readonly statement: CfnWebACL.StatementProperty;
  /** Web ACL capacity units; an upper bound. */
  readonly capacity: number;
  /** IP sets and pattern sets that it refers to. */
  readonly references: number;
}

/** A condition on a request. `FirewallMatch` has functions that make them; the same one may stand in several rules. */
export interface FirewallMatch {
  /** Renders the condition for a web ACL, with what it needs in there. */
  bind(webAcl: WebAcl): BoundMatch;
}

/** A condition that is the same in every web ACL. */
export const plainMatch = (statement: CfnWebACL.StatementProperty, capacity: number): FirewallMatch => ({
  bind: () => ({ statement, capacity, references: 0 }),
});
