import type { CommonRule } from '../../../lib/firewall/common-rule-set.ts';
import { header, queryArguments, type WafRequest } from './request.ts';
import type { ManagedGroup } from './web-acl.ts';

/**
 * What AWS's documentation says of the common group's rules, in patterns that match more than AWS's own rather than less: what passes here
 * passes there. Source: AWS WAF, "Baseline rule groups".
 */
const metadata = /169\.254\.169\.254|localhost|127\.0\.0\.1|meta-?data/i;
const traversal = /\.\.[/\\]/;
const remote = /(https?|ftps?|file):\/\//i;
const script = /<[a-z!/]|javascript:|on[a-z]+\s*=|['"]\s*>/i;
const extension = /\.(log|ini|conf(ig)?|bak|sys|dll|cfg|key|pem|sql|old)\b/i;

const cookie = (request: WafRequest) => [header(request, 'cookie') ?? ''];
const path = (request: WafRequest) => [decodeURIComponent(request.path)];
const body = (request: WafRequest) => [request.body ?? ''];
const any = (values: string[], pattern: RegExp) => values.some((value) => pattern.test(value));
const longerThan = (value: string | undefined, bytes: number) => Buffer.byteLength(value ?? '') > bytes;

const rules: Record<CommonRule, (request: WafRequest) => boolean> = {
  NoUserAgent_HEADER: (request) => !header(request, 'user-agent'),
  UserAgent_BadBots_HEADER: (request) => /nessus|nmap/i.test(header(request, 'user-agent') ?? ''),
  SizeRestrictions_QUERYSTRING: ({ query }) => longerThan(query, 2048),
  SizeRestrictions_Cookie_HEADER: (request) => longerThan(header(request, 'cookie'), 10_240),
  SizeRestrictions_BODY: (request) => longerThan(request.body, 8192),
  SizeRestrictions_URIPATH: (request) => longerThan(request.path, 1024),
  EC2MetaDataSSRF_BODY: (request) => any(body(request), metadata),
  EC2MetaDataSSRF_COOKIE: (request) => any(cookie(request), metadata),
  EC2MetaDataSSRF_URIPATH: (request) => any(path(request), metadata),
  EC2MetaDataSSRF_QUERYARGUMENTS: (request) => any(queryArguments(request), metadata),
  GenericLFI_QUERYARGUMENTS: (request) => any(queryArguments(request), traversal),
  GenericLFI_URIPATH: (request) => any(path(request), traversal),
  GenericLFI_BODY: (request) => any(body(request), traversal),
  RestrictedExtensions_URIPATH: (request) => any(path(request), extension),
  RestrictedExtensions_QUERYARGUMENTS: (request) => any(queryArguments(request), extension),
  GenericRFI_QUERYARGUMENTS: (request) => any(queryArguments(request), remote),
  GenericRFI_BODY: (request) => any(body(request), remote),
  GenericRFI_URIPATH: (request) => any(path(request), remote),
  CrossSiteScripting_COOKIE: (request) => any(cookie(request), script),
  CrossSiteScripting_QUERYARGUMENTS: (request) => any(queryArguments(request), script),
  CrossSiteScripting_BODY: (request) => any(body(request), script),
  CrossSiteScripting_URIPATH: (request) => any(path(request), script),
};

/** `awswaf:managed:aws:core-rule-set:CrossSiteScripting_QueryArguments`, from the name with capitals at the end. */
const parts: Record<string, string> = {
  QUERYARGUMENTS: 'QueryArguments',
  QUERYSTRING: 'QueryString',
  URIPATH: 'URIPath',
  BODY: 'Body',
  COOKIE: 'Cookie',
  HEADER: 'Header',
};

export const commonRuleSet: ManagedGroup = (request) =>
  Object.entries(rules)
    .filter(([, matches]) => matches(request))
    .map(([rule]) => ({
      rule,
      label: `awswaf:managed:aws:core-rule-set:${rule.replace(/[A-Z]+$/, (part) => parts[part] ?? part)}`,
    }));
