import { FirewallAction } from './action.ts';

/**
 * The rules of AWS's common group, and why a legitimate request of an authentication API meets those that only count here. A rule
 * that AWS adds later blocks, until someone has thought about it. Source: AWS WAF, "Baseline rule groups".
 */
export const commonRules = {
  NoUserAgent_HEADER: 'servers and scripts send no User-Agent',
  UserAgent_BadBots_HEADER: undefined,
  SizeRestrictions_QUERYSTRING: "an OAuth provider's code and state together pass 2,048 bytes",
  SizeRestrictions_Cookie_HEADER: undefined,
  SizeRestrictions_BODY: 'the rule BodySize has the same limit, and answers in JSON',
  SizeRestrictions_URIPATH: undefined,
  EC2MetaDataSSRF_BODY: 'callbackURL names localhost while an app is developed, and a password may be any text',
  EC2MetaDataSSRF_COOKIE: 'cookies of a parent domain hold addresses of pages; no cookie is fetched',
  EC2MetaDataSSRF_URIPATH: undefined,
  EC2MetaDataSSRF_QUERYARGUMENTS: 'callbackURL names localhost while an app is developed',
  GenericLFI_QUERYARGUMENTS: undefined,
  GenericLFI_URIPATH: undefined,
  GenericLFI_BODY: 'a password may be any text; no body names a file',
  RestrictedExtensions_URIPATH: undefined,
  RestrictedExtensions_QUERYARGUMENTS:
    'callbackURL and scope end as they like, such as in .config; no argument names a file',
  GenericRFI_QUERYARGUMENTS: 'callbackURL is a URL, and scope of Google and Microsoft is a list of them',
  GenericRFI_BODY: 'callbackURL and image are URLs; only trusted origins are accepted',
  GenericRFI_URIPATH: undefined,
  CrossSiteScripting_COOKIE: 'cookies of a parent domain hold what they like; no cookie is shown',
  CrossSiteScripting_QUERYARGUMENTS:
    "an OAuth provider's code and state are any text; blocked outside the callbacks by a rule of ours",
  CrossSiteScripting_BODY: 'a password may be any text; bodies are parsed as JSON only, and never shown',
  CrossSiteScripting_URIPATH: undefined,
} as const;

export type CommonRule = keyof typeof commonRules;

/** The label that the group gives a request that this rule of it matched. */
export const scriptInQueryLabel = 'awswaf:managed:aws:core-rule-set:CrossSiteScripting_QueryArguments';

/** The overrides of the group. */
export const commonRuleOverrides = (): Record<string, FirewallAction> =>
  Object.fromEntries(
    Object.entries(commonRules)
      .filter(([, reason]) => reason !== undefined)
      .map(([rule]) => [rule, FirewallAction.count()]),
  );
