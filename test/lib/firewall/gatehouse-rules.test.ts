import { describe, expect, test } from '@jest/globals';
import { CfnParameter } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Firewall, FirewallRules, type GatehouseRulesProps } from '../../../lib/index.ts';
import type { WafRequest } from '../../support/waf/request.ts';
import { resourceOf, resourcesOf, templateOf, testStack } from '../support.ts';
import { ownRules, synthesize } from './support.ts';

const { firewall, template, webAcl } = synthesize({
  rules: FirewallRules.gatehouse({
    blockedNetworks: ['192.0.2.0/24', '2001:db8:1::/48'],
    adminNetworks: ['198.51.100.7/32', '2001:db8:2::/48'],
    trustedNetworks: ['198.51.100.128/25'],
  }),
});
const rule = (name: string) => webAcl.Rules.find((candidate: { Name: string }) => candidate.Name === name);

describe('the rules', () => {
  test('stand in this order: blocks first, managed groups last', () => {
    const order = [...webAcl.Rules].sort((a, b) => a.Priority - b.Priority).map(({ Name }: { Name: string }) => Name);
    expect(order).toEqual([
      'BlockedNetworks',
      'DisguisedPath',
      'AdminNetworks',
      'BodySize',
      'TrustedNetworks',
      'RatePerSource',
      'CredentialRatePerSource',
      'CredentialRatePerClient',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
      'ScriptInQuery',
      'AWSManagedRulesAnonymousIpList',
    ]);
  });

  test('never allow, since that would skip those that follow', () => {
    for (const { Action, OverrideAction } of webAcl.Rules) {
      expect(Action?.Allow).toBeUndefined();
      expect(Action ?? OverrideAction).toBeDefined();
    }
  });

  test('need fewer units than AWS includes in the price, with room for a paid group', () => {
    expect(firewall.capacity).toBeGreaterThan(975);
    expect(firewall.capacity).toBeLessThan(1400);
  });

  test('include no group that costs extra, and let anonymous addresses pass, counted', () => {
    const groups = webAcl.Rules.flatMap(({ Statement }: { Statement: Record<string, { Name: string }> }) =>
      Statement.ManagedRuleGroupStatement ? [Statement.ManagedRuleGroupStatement.Name] : [],
    );
    expect(groups).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesAnonymousIpList',
    ]);
    expect(rule('AWSManagedRulesAnonymousIpList').OverrideAction).toEqual({ Count: {} });
    expect(rule('AWSManagedRulesKnownBadInputsRuleSet').OverrideAction).toEqual({ None: {} });
  });

  test('have IP sets of both versions for operators to edit, by the names they were first deployed with', () => {
    const sets = Object.entries(resourcesOf(templateOf('prod'), 'AWS::WAFv2::IPSet'));
    const named = (pattern: RegExp) => sets.find(([id]) => pattern.test(id))![1].Properties;
    for (const list of ['Blocked', 'Admin', 'Trusted']) {
      expect(named(new RegExp(`Firewall${list}Ipv4`))).toMatchObject({ IPAddressVersion: 'IPV4', Scope: 'REGIONAL' });
      expect(named(new RegExp(`Firewall${list}Ipv6`))).toMatchObject({ IPAddressVersion: 'IPV6', Scope: 'REGIONAL' });
    }
    expect(sets.map(([id]) => id)).toEqual(
      expect.arrayContaining([
        'GatehouseFirewallBlockedIpv4289B50EE',
        'GatehouseFirewallBlockedIpv6A7DFD0AE',
        'GatehouseFirewallAdminIpv40BE50F95',
        'GatehouseFirewallAdminIpv6EC9121C4',
      ]),
    );
    expect(resourceOf(template, 'AWS::WAFv2::IPSet', /BlockedIpv6/).Properties.Addresses).toEqual(['2001:db8:1::/48']);
  });
});

describe('asked, they', () => {
  const acl = ownRules({
    blockedNetworks: ['192.0.2.0/24', '2001:db8:1::/48'],
    adminNetworks: ['198.51.100.7/32', '2001:db8:2::/48'],
    trustedNetworks: ['198.51.100.128/25'],
    blockedCountries: ['KP'],
    blockedAsns: [64500],
  });
  const get = (path: string, more: Partial<WafRequest> = {}): WafRequest => ({
    path,
    headers: { 'user-agent': 'Mozilla/5.0' },
    ...more,
  });

  test.each<[string, WafRequest, string]>([
    ['a blocked network', get('/api/auth/get-session', { ip: '192.0.2.9' }), 'BlockedNetworks'],
    ['a blocked IPv6 network', get('/api/auth/get-session', { ip: '2001:db8:1::9' }), 'BlockedNetworks'],
    ['a blocked country', get('/api/auth/get-session', { country: 'KP' }), 'BlockedCountries'],
    ['a blocked autonomous system', get('/api/auth/get-session', { asn: 64500 }), 'BlockedAsns'],
    ['administration from elsewhere', get('/prod/api/auth/admin/list-users'), 'AdminNetworks'],
    ['a script in a query', get('/api/auth/error', { query: 'error=%3Cscript%3E1' }), 'ScriptInQuery'],
    ['a scanner', get('/api/auth/ok', { headers: { 'user-agent': 'Nmap' } }), 'AWSManagedRulesCommonRuleSet'],
  ])('block %s', (_, request, by) => {
    expect(acl.evaluate(request)).toMatchObject({ action: 'Block', rule: by });
  });

  test.each(['198.51.100.7', '2001:db8:2::1'])('let administration in from %s', (ip) => {
    expect(acl.evaluate(get('/api/auth/admin/list-users', { ip })).action).toBe('Allow');
  });

  test.each([
    [8192, 'Allow'],
    [8193, 'Block'],
    [17_000, 'Block'],
  ])('answer a body of %i bytes with %s', (bytes, action) => {
    const verdict = acl.evaluate(get('/api/auth/sign-in/email', { method: 'POST', body: 'a'.repeat(bytes) }));
    expect(verdict).toMatchObject(action === 'Allow' ? { action } : { action, rule: 'BodySize', status: 413 });
  });

  test('let 500 people behind one address, with one browser, sign in within 10 minutes, one in ten mistyping once', () => {
    const office = ownRules();
    const headers = { 'user-agent': 'Mozilla/5.0' };
    const from = { ip: '203.0.113.50', ja4: 't13d1516h2_8daaf6152771_b186095e22b6', headers };
    for (let person = 0; person < 500; person++) {
      const at = (person * 600) / 500;
      const attempts = person % 10 === 0 ? 2 : 1;
      for (let attempt = 0; attempt < attempts; attempt++) {
        const signIn = { ...from, method: 'POST', path: '/api/auth/sign-in/email' };
        expect(office.evaluate(signIn, at)).toMatchObject({ action: 'Allow' });
      }
      for (const path of ['/api/auth/get-session', '/api/auth/token']) {
        expect(office.evaluate({ ...from, path }, at)).toMatchObject({ action: 'Allow' });
      }
    }
  });

  test.each([
    ['RatePerSource', '/api/auth/get-session', undefined, 30],
    ['CredentialRatePerSource', '/api/auth/sign-in/email', undefined, 20],
    ['CredentialRatePerClient', '/api/auth/sign-in/email', 't13d', 10],
  ])('block above the limit of %s, and no longer when the window is over', (name, path, ja4, limit) => {
    const rates = ownRules({
      trustedNetworks: ['198.51.100.128/25'],
      rateLimit: 30,
      credentialRateLimit: 20,
      credentialRateLimitPerClient: 10,
    });
    const request = get(path, { ip: '203.0.113.8', ja4 });
    for (let count = 0; count < limit; count++) expect(rates.evaluate(request, 1).action).toBe('Allow');
    expect(rates.evaluate(request, 2)).toMatchObject({ action: 'Block', rule: name, status: 429 });
    expect(rates.evaluate({ ...request, ip: '203.0.113.9' }, 2).action).toBe('Allow');
    expect(rates.evaluate(request, 303).action).toBe('Allow');
    const trusted = { ...request, ip: '198.51.100.200' };
    for (let count = 0; count <= 30; count++) expect(rates.evaluate(trusted, 400).action).toBe('Allow');
  });

  test('answer over a rate as the function does: JSON, with a time to come back', () => {
    const { CustomResponse } = rule('RatePerSource').Action.Block;
    expect(CustomResponse.ResponseHeaders).toContainEqual({ Name: 'retry-after', Value: '60' });
    const { ContentType, Content } = webAcl.CustomResponseBodies[CustomResponse.CustomResponseBodyKey];
    expect(ContentType).toBe('APPLICATION_JSON');
    expect(JSON.parse(Content)).toMatchObject({ code: 'RATE_LIMITED' });
  });
});

test('countries may be the only ones instead', () => {
  const acl = ownRules({ allowedCountries: ['DE', 'FR'] });
  const headers = { 'user-agent': 'Mozilla/5.0' };
  expect(acl.evaluate({ path: '/health', country: 'DE', headers }).action).toBe('Allow');
  expect(acl.evaluate({ path: '/health', country: 'US', headers }).rule).toBe('AllowedCountries');
});

test('behind CloudFront only what carries one of the secrets comes in, and no rule counts by address', () => {
  const { webAcl: locked } = synthesize({
    rules: FirewallRules.behindCloudFront({ header: 'X-Origin-Secret', secrets: ['first', 'second'] }),
  });
  expect(locked.Rules.map(({ Name }: { Name: string }) => Name)).toEqual(['OriginLock', 'DisguisedPath', 'BodySize']);
  const [lock] = locked.Rules;
  const secret = (SearchString: string) => ({
    ByteMatchStatement: {
      FieldToMatch: { SingleHeader: { Name: 'x-origin-secret' } },
      PositionalConstraint: 'EXACTLY',
      SearchString,
      TextTransformations: [{ Priority: 0, Type: 'NONE' }],
    },
  });
  expect(lock.Statement).toEqual({
    NotStatement: { Statement: { OrStatement: { Statements: [secret('first'), secret('second')] } } },
  });
  expect(lock.Action).toEqual({ Block: {} });
  expect(() => FirewallRules.behindCloudFront({ header: 'X-Origin-Secret', secrets: [] })).toThrow(
    'secrets: 0 entries are not allowed; allowed are 1 to 3',
  );
});

test('the API of every stage has a firewall', () => {
  for (const stage of ['dev', 'prod'] as const) {
    const association = resourceOf(templateOf(stage), 'AWS::WAFv2::WebACLAssociation').Properties;
    expect(JSON.stringify(association.ResourceArn)).toMatch(/:apigateway:eu-west-1::\/restapis\/.*\/stages\//);
    expect(JSON.stringify(association.WebACLArn)).toContain('Firewall');
  }
});

test.each(['rateLimit', 'credentialRateLimit'])('takes a %s that is known at deployment only', (setting) => {
  const stack = testStack();
  const rate = new CfnParameter(stack, 'Rate', { type: 'Number' }).valueAsNumber;
  new Firewall(stack, 'Firewall', { rules: FirewallRules.gatehouse({ [setting]: rate }) });
  expect(JSON.stringify(Template.fromStack(stack))).toContain('"Limit":{"Ref":"Rate"}');
});

test.each<[GatehouseRulesProps, RegExp]>([
  [
    { blockedNetworks: ['192.0.2.1'] },
    /^blockedNetworks: network '192.0.2.1' is not allowed; allowed is CIDR notation/,
  ],
  [{ adminNetworks: ['0.0.0.0/0'] }, /^adminNetworks: network '0.0.0.0\/0' is not allowed/],
  [{ adminNetworks: ['2001:db8::/129'] }, /^adminNetworks: network/],
  [{ trustedNetworks: ['office'] }, /^trustedNetworks: network 'office' is not allowed/],
  [{ rateLimit: 5 }, /^rateLimit: 5 is not allowed; allowed are whole numbers from 10/],
  [{ rateLimit: 100, credentialRateLimit: 101 }, /^credentialRateLimit: 101 is above rateLimit; at most 100/],
  [{ credentialRateLimit: 100 }, /^credentialRateLimitPerClient: 400 is above credentialRateLimit; at most 100/],
  [{ blockedCountries: ['Germany'] }, /^blockedCountries: "Germany" is not allowed; allowed are codes/],
  [{ blockedCountries: ['DE'], allowedCountries: ['FR'] }, /^blockedCountries: excludes allowedCountries/],
  [{ blockedAsns: [-1] }, /^blockedAsns: -1 is not allowed; allowed are whole numbers from 0 to 4294967295/],
])('refuses %j', (props, message) => {
  expect(() => new Firewall(testStack(), 'Firewall', { rules: FirewallRules.gatehouse(props) })).toThrow(message);
});
