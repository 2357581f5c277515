import { describe, expect, test } from '@jest/globals';
import { type CommonRule, commonRules } from '../../../lib/firewall/common-rule-set.ts';
import { commonRuleSet } from '../../support/waf/common-rule-set.ts';
import type { WafRequest } from '../../support/waf/request.ts';
import { ownRules, synthesize } from './support.ts';

const acl = ownRules();
const agent = { 'user-agent': 'Mozilla/5.0' };
const query = (values: Record<string, string>) => new URLSearchParams(values).toString();
const post = (path: string, body: object): WafRequest => ({
  method: 'POST',
  path: `/api/auth/${path}`,
  headers: { ...agent, 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** What people, browsers and OAuth providers send, by the rule of the common group that takes it for an attack. */
const legitimate: readonly (readonly [CommonRule, string, WafRequest])[] = [
  ['NoUserAgent_HEADER', 'a server that checks a session', { path: '/api/auth/get-session' }],
  [
    'SizeRestrictions_QUERYSTRING',
    "a callback with Microsoft's long code and state",
    {
      path: '/api/auth/callback/microsoft',
      headers: agent,
      query: query({ code: `0.${'AbC-_1'.repeat(300)}`, state: 'x'.repeat(600) }),
    },
  ],
  [
    'EC2MetaDataSSRF_BODY',
    'a social sign-in of an app on localhost',
    post('sign-in/social', { provider: 'google', callbackURL: 'http://localhost:5173/' }),
  ],
  [
    'EC2MetaDataSSRF_COOKIE',
    "another application's cookie with the page one came from",
    { path: '/api/auth/get-session', headers: { ...agent, cookie: 'ref=http%3A//localhost%3A5173; a=localhost' } },
  ],
  [
    'EC2MetaDataSSRF_QUERYARGUMENTS',
    'a mailed link to an app on localhost',
    {
      path: '/api/auth/verify-email',
      headers: agent,
      query: query({ token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln', callbackURL: 'http://localhost:5173/' }),
    },
  ],
  [
    'GenericLFI_BODY',
    'a password with dots and slashes',
    post('sign-in/email', { email: 'ada@example.com', password: '../../correct horse' }),
  ],
  [
    'RestrictedExtensions_QUERYARGUMENTS',
    'a link to a page named after a configuration',
    {
      path: '/api/auth/verify-email',
      headers: agent,
      query: query({ token: 'eyJ', callbackURL: '/settings/app.config' }),
    },
  ],
  [
    'GenericRFI_QUERYARGUMENTS',
    "a callback with Google's scopes",
    {
      path: '/api/auth/callback/google',
      headers: agent,
      query: query({
        state: 'kJ8hS0',
        code: '4/0AVG7fiQ',
        scope: 'email https://www.googleapis.com/auth/userinfo.email openid',
        iss: 'https://accounts.google.com',
      }),
    },
  ],
  [
    'GenericRFI_BODY',
    'a sign-up with a picture and a way back',
    post('sign-up/email', {
      name: 'Ada',
      email: 'ada@example.com',
      password: 'correct horse battery staple',
      image: 'https://192.0.2.7/ada.png',
      callbackURL: 'https://app.example.com/welcome',
    }),
  ],
  [
    'CrossSiteScripting_COOKIE',
    "another application's cookie with markup",
    { path: '/api/auth/get-session', headers: { ...agent, cookie: 'greeting=<b>hi</b>' } },
  ],
  [
    'CrossSiteScripting_QUERYARGUMENTS',
    'a callback whose code looks like an event handler',
    { path: '/api/auth/callback/apple', headers: agent, query: query({ code: 'c0ffee.onA1=', state: '<s' }) },
  ],
  [
    'CrossSiteScripting_BODY',
    'a password with markup',
    post('sign-in/email', { email: 'ada@example.com', password: '<script>correct horse' }),
  ],
  [
    'SizeRestrictions_BODY',
    'a body of which BodySize is the judge',
    { ...post('sign-in/email', {}), body: 'a'.repeat(8193) },
  ],
];

describe('the common group takes for an attack, and these rules let in', () => {
  test.each(legitimate)('%s: %s', (rule, _, request) => {
    expect(commonRuleSet(request).map((match) => match.rule)).toContain(rule);
    const { action, rule: by } = acl.evaluate(request);
    expect([action, by]).toEqual(rule === 'SizeRestrictions_BODY' ? ['Block', 'BodySize'] : ['Allow', undefined]);
  });

  test('every rule that only counts is among them, with its reason', () => {
    const counted = Object.entries(commonRules).filter(([, reason]) => reason !== undefined);
    expect(legitimate.map(([rule]) => rule).sort()).toEqual(counted.map(([rule]) => rule).sort());
  });

  test('those rules, and no others, are overridden', () => {
    const group = synthesize().webAcl.Rules.find(
      ({ Name }: { Name: string }) => Name === 'AWSManagedRulesCommonRuleSet',
    );
    const { RuleActionOverrides } = group.Statement.ManagedRuleGroupStatement;
    expect(RuleActionOverrides.map(({ Name }: { Name: string }) => Name).sort()).toEqual(
      legitimate.map(([rule]) => rule).sort(),
    );
    for (const { ActionToUse } of RuleActionOverrides) expect(ActionToUse).toEqual({ Count: {} });
  });
});

test.each<[CommonRule, WafRequest]>([
  ['UserAgent_BadBots_HEADER', { path: '/health', headers: { 'user-agent': 'nessus' } }],
  ['SizeRestrictions_URIPATH', { path: `/api/auth/${'a'.repeat(1024)}`, headers: agent }],
  ['SizeRestrictions_Cookie_HEADER', { path: '/health', headers: { ...agent, cookie: 'a'.repeat(10_241) } }],
  ['GenericLFI_QUERYARGUMENTS', { path: '/health', headers: agent, query: 'file=../../etc/passwd' }],
  ['RestrictedExtensions_URIPATH', { path: '/app.ini', headers: agent }],
])('what %s finds is blocked', (within, request) => {
  expect(acl.evaluate(request)).toMatchObject({ action: 'Block', rule: 'AWSManagedRulesCommonRuleSet', within });
});
