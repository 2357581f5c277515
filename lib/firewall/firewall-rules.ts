import { Token } from 'aws-cdk-lib';
import { maxBodyBytes, routes } from '../../contract/routes.ts';
import { networksByVersion } from '../networks.ts';
import { FirewallAction, type ResponseBody } from './action.ts';
import { commonRuleOverrides, scriptInQueryLabel } from './common-rule-set.ts';
import { FirewallMatch } from './firewall-match.ts';
import { FirewallRule } from './firewall-rule.ts';
import { requireAsns, requireCountries } from './match-source.ts';
import { RateKey } from './rate-key.ts';
import { requireRate } from './rate-rule.ts';
import { RequestPart } from './request-part.ts';
import { requireLength } from './require.ts';

/** Limits and lists of Gatehouse's own rules. */
export interface GatehouseRulesProps {
  /** Networks that get no answer but 403, in CIDR notation. Operators may edit the IP sets in place. @default - none */
  readonly blockedNetworks?: readonly string[];
  /** Networks that rates do not limit, such as an office behind one address. Operators may edit the IP sets. @default - none */
  readonly trustedNetworks?: readonly string[];
  /** The only networks that reach the admin endpoints. Operators may edit the IP sets. @default - none, so nobody does */
  readonly adminNetworks?: readonly string[];
  /** Countries that are blocked, such as 'KP'; excludes `allowedCountries`. @default - none */
  readonly blockedCountries?: readonly string[];
  /** The only countries that are not blocked. @default - all */
  readonly allowedCountries?: readonly string[];
  /** Autonomous systems that are blocked. @default - none */
  readonly blockedAsns?: readonly number[];
  /** Requests per source address in 5 minutes. @default 2000 */
  readonly rateLimit?: number;
  /** Requests with credentials per source address in 5 minutes; 500 people behind one address have to get in. @default 600 */
  readonly credentialRateLimit?: number;
  /**
   * The same per source address and TLS fingerprint. AWS WAF knows fingerprints behind CloudFront and load balancers; without one this
   * rule counts nothing. @default 400
   */
  readonly credentialRateLimitPerClient?: number;
}

const json = (name: string, code: string, message: string): ResponseBody => ({
  name,
  contentType: 'APPLICATION_JSON',
  content: JSON.stringify({ code, message }),
});

function refuse(status: number, body: ResponseBody, headers: Readonly<Record<string, string>> = {}): FirewallAction {
  const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  return FirewallAction.block({ status, body, headers: { ...always, ...headers } });
}

const tooMany = () => refuse(429, json('tooMany', 'RATE_LIMITED', 'Too many requests.'), { 'retry-after': '60' });

/** Matches below the base URL on both hosts, since the execute-api host has the stage in front. */
const below = (paths: string) => FirewallMatch.path(`${routes.authBase}/(${paths})([^a-z0-9-]|$)`);

/** What takes a password, a code or an address, of Better Auth and of its plugins. */
const credentials = () =>
  below(
    'sign-in|sign-up|two-factor|passkey|email-otp|phone-number|magic-link|request-password-reset|reset-password|send-verification-email|change-(email|password)|delete-user',
  );

/** Where OAuth providers send people back. */
const callbacks = () => below('(oauth2/)?callback');

/** For an authentication API: Better Auth below `/api/auth`, directly reachable or behind CloudFront. Array order is AWS WAF's. */
function gatehouse(props: GatehouseRulesProps = {}): FirewallRule[] {
  const limits = rateLimits(props);
  const notTrusted = FirewallMatch.not(FirewallMatch.label('trusted'));
  return [
    FirewallRule.match({
      name: 'BlockedNetworks',
      match: FirewallMatch.networks('Blocked', checked('blockedNetworks', props.blockedNetworks)),
      action: FirewallAction.block(),
    }),
    disguisedPath(),
    FirewallRule.match({
      name: 'AdminNetworks',
      // What comes from the admin networks still passes through all the other rules.
      match: FirewallMatch.and(
        below('admin'),
        FirewallMatch.not(FirewallMatch.networks('Admin', checked('adminNetworks', props.adminNetworks))),
      ),
      action: FirewallAction.block(),
    }),
    ...placeRules(props),
    bodySize(),
    FirewallRule.match({
      name: 'TrustedNetworks',
      match: FirewallMatch.networks('Trusted', checked('trustedNetworks', props.trustedNetworks)),
      action: FirewallAction.count(),
      labels: ['trusted'],
    }),
    FirewallRule.rate({ name: 'RatePerSource', limit: limits.rateLimit, scope: notTrusted, action: tooMany() }),
    FirewallRule.rate({
      name: 'CredentialRatePerSource',
      limit: limits.credentialRateLimit,
      scope: FirewallMatch.and(notTrusted, credentials()),
      action: tooMany(),
    }),
    FirewallRule.rate({
      name: 'CredentialRatePerClient',
      limit: limits.credentialRateLimitPerClient,
      keys: [RateKey.ip(), RateKey.ja4('NO_MATCH')],
      scope: FirewallMatch.and(notTrusted, credentials()),
      action: tooMany(),
    }),
    FirewallRule.managed({ group: 'AWSManagedRulesAmazonIpReputationList' }),
    FirewallRule.managed({ group: 'AWSManagedRulesKnownBadInputsRuleSet' }),
    FirewallRule.managed({ group: 'AWSManagedRulesCommonRuleSet', overrides: commonRuleOverrides() }),
    FirewallRule.match({
      name: 'ScriptInQuery',
      match: FirewallMatch.and(FirewallMatch.label(scriptInQueryLabel), FirewallMatch.not(callbacks())),
      action: FirewallAction.block(),
    }),
    // Hosting providers are in this list, and so are the servers that call the API: counted, for people to look at.
    FirewallRule.managed({ group: 'AWSManagedRulesAnonymousIpList', countOnly: true }),
  ];
}

/** By which header the API knows its distribution. */
export interface OriginLockProps {
  /** The header that the distribution adds to every request. */
  readonly header: string;
  /** Its value, and during a rotation the other ones too; three at most. */
  readonly secrets: readonly string[];
}

/**
 * For a resource behind a CloudFront distribution with a firewall of its own: what does not come through the distribution is blocked.
 * Rates and IP lists are the edge's, since the resource sees CloudFront's addresses.
 */
function behindCloudFront({ header, secrets }: OriginLockProps): FirewallRule[] {
  requireLength('secrets', secrets, 1, 3);
  const sent = secrets.map((text) => FirewallMatch.text({ part: RequestPart.header(header), how: 'exactly', text }));
  return [
    FirewallRule.match({
      name: 'OriginLock',
      match: FirewallMatch.not(FirewallMatch.or(...sent)),
      action: FirewallAction.block(),
    }),
    disguisedPath(),
    bodySize(),
  ];
}

function disguisedPath(): FirewallRule {
  return FirewallRule.match({
    name: 'DisguisedPath',
    match: FirewallMatch.disguisedPath(),
    action: refuse(400, json('malformedPath', 'MALFORMED_PATH', 'The path is not in its plain spelling.')),
  });
}

function bodySize(): FirewallRule {
  return FirewallRule.match({
    name: 'BodySize',
    match: FirewallMatch.size({ part: RequestPart.body('MATCH'), comparison: 'GT', bytes: maxBodyBytes }),
    action: refuse(413, json('tooLarge', 'PAYLOAD_TOO_LARGE', 'The request body is too large.')),
  });
}

function placeRules({ blockedCountries, allowedCountries, blockedAsns }: GatehouseRulesProps): FirewallRule[] {
  if (blockedCountries?.length && allowedCountries?.length) {
    throw new Error('blockedCountries: excludes allowedCountries; give one of the two');
  }
  const { countries, not, asns } = FirewallMatch;
  const rules: FirewallRule[] = [];
  const block = (name: string, match: FirewallMatch) =>
    rules.push(FirewallRule.match({ name, match, action: FirewallAction.block() }));
  if (blockedCountries?.length) {
    block('BlockedCountries', countries(requireCountries('blockedCountries', blockedCountries)));
  }
  if (allowedCountries?.length) {
    block('AllowedCountries', not(countries(requireCountries('allowedCountries', allowedCountries))));
  }
  if (blockedAsns?.length) block('BlockedAsns', asns(requireAsns('blockedAsns', blockedAsns)));
  return rules;
}

function checked(setting: string, networks: readonly string[] = []): readonly string[] {
  networksByVersion(setting, networks);
  return networks;
}

function rateLimits(props: GatehouseRulesProps) {
  const { rateLimit = 2000, credentialRateLimit = 600, credentialRateLimitPerClient = 400 } = props;
  const limits = { rateLimit, credentialRateLimit, credentialRateLimitPerClient };
  for (const [setting, limit] of Object.entries(limits)) requireRate(setting, limit);
  requireAtMost('credentialRateLimit', credentialRateLimit, 'rateLimit', rateLimit);
  requireAtMost(
    'credentialRateLimitPerClient',
    credentialRateLimitPerClient,
    'credentialRateLimit',
    credentialRateLimit,
  );
  return limits;
}

/** A limit above a wider one would never be reached. */
function requireAtMost(setting: string, limit: number, wider: string, most: number): void {
  if ([limit, most].some((one) => Token.isUnresolved(one))) return;
  if (limit > most) throw new Error(`${setting}: ${limit} is above ${wider}; at most ${most} is allowed`);
}

/** What is wrong with the settings, after the name of the one at fault; undefined when nothing is. */
export function gatehouseRulesProblem(props: GatehouseRulesProps): string | undefined {
  try {
    gatehouse(props);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Lists of rules, to take as they are or to put into one of yours: `[...FirewallRules.gatehouse(), mine]`. */
export const FirewallRules = { gatehouse, behindCloudFront };
