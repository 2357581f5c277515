import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type App, Duration, Stack, Token } from 'aws-cdk-lib';
import fc from 'fast-check';
import { transformations } from '../../../lib/firewall/transformation.ts';
import {
  Firewall,
  FirewallAction,
  FirewallMatch,
  type FirewallProps,
  FirewallRule,
  RateKey,
  RequestPart,
} from '../../../lib/index.ts';
import { testApp, testStack } from '../support.ts';
import { synthesize } from './support.ts';

const { text, regex, size, sqlInjection, crossSiteScripting, and, or, not, label } = FirewallMatch;
const block = FirewallAction.block();
const matching = (match: FirewallMatch) => FirewallRule.match({ name: 'Rule', match, action: block });
const path = RequestPart.path();
const forwarded = { header: 'X-Forwarded-For', fallback: 'MATCH' } as const;
const rate = (props: Partial<Parameters<typeof FirewallRule.rate>[0]> = {}) =>
  FirewallRule.rate({ name: 'Rule', limit: 100, action: block, ...props });

/** Source: AWS WAF, "Using match rule statements" and "Using rate-based rule statements"; `NONE` counts as a transformation. */
const capacities: readonly (readonly [string, FirewallRule, number])[] = [
  ['an exact text', matching(text({ part: path, how: 'exactly', text: '/' })), 2 + 10],
  ['a beginning', matching(text({ part: path, how: 'startsWith', text: '/' })), 2 + 10],
  ['an end', matching(text({ part: path, how: 'endsWith', text: '/' })), 2 + 10],
  ['a text inside', matching(text({ part: path, how: 'contains', text: '/' })), 10 + 10],
  ['a word', matching(text({ part: path, how: 'containsWord', text: 'admin' })), 10 + 10],
  ['all arguments', matching(text({ part: RequestPart.queryArguments(), how: 'exactly', text: 'a' })), 2 + 10 + 10],
  ['a JSON body', matching(regex({ part: RequestPart.jsonBody('MATCH', 'MATCH'), regex: 'a' })), 3 * 2 + 10],
  [
    'three transformations',
    matching(regex({ part: path, regex: 'a', transformations: ['URL_DECODE', 'NORMALIZE_PATH', 'LOWERCASE'] })),
    3 + 30,
  ],
  ['a plain path', matching(FirewallMatch.path('/admin')), 3 + 30],
  ['a size', matching(size({ part: RequestPart.body('MATCH'), comparison: 'GT', bytes: 8192 })), 1 + 10],
  ['injected SQL', matching(sqlInjection({ part: path })), 20 + 10],
  ['injected SQL, sensitively', matching(sqlInjection({ part: path, sensitivity: 'HIGH' })), 30 + 10],
  ['an injected script', matching(crossSiteScripting({ part: path })), 40 + 10],
  ['networks', matching(FirewallMatch.networks('Office')), 2],
  ['any forwarded address', matching(FirewallMatch.networks('Office', [], { ...forwarded, position: 'ANY' })), 2 * 5],
  ['countries', matching(FirewallMatch.countries(['DE', 'FR'], forwarded)), 1],
  ['autonomous systems', matching(FirewallMatch.asns([0, 64500])), 1],
  ['labels', matching(or(label('a:b'), FirewallMatch.labelNamespace('awswaf:managed:'))), 2],
  [
    'six labels for later rules',
    FirewallRule.match({ name: 'Rule', match: label('a'), action: block, labels: ['b', 'c', 'd', 'e', 'f', 'g'] }),
    1 + 2,
  ],
  ['all of three', matching(and(label('a'), not(label('b')), FirewallMatch.countries(['DE']))), 3],
  ['a rate', rate(), 2],
  ['a rate by forwarded address', rate({ keys: [RateKey.forwardedIp(forwarded)] }), 2],
  ['a rate in a scope', rate({ scope: label('a') }), 2 + 1],
  ['a rate of all together', rate({ keys: [], scope: label('a') }), 2 + 1],
  ['a rate by two keys', rate({ keys: [RateKey.ip(), RateKey.ja4('NO_MATCH')] }), 2 + 60],
  [
    'a rate by five keys',
    rate({ keys: [RateKey.ip(), RateKey.asn(), RateKey.method(), RateKey.ja3('MATCH'), RateKey.labelNamespace('a:')] }),
    2 + 150,
  ],
  ['a rate by a header', rate({ keys: [RateKey.header('X-Api-Key', ['LOWERCASE'])] }), 2 + 30 + 10],
  ['a free group', FirewallRule.managed({ group: 'AWSManagedRulesSQLiRuleSet', scope: label('a') }), 200 + 1],
  ["a vendor's group", FirewallRule.managed({ group: 'Rules', vendor: 'Vendor', capacity: 123 }), 123],
  [
    'a group of yours',
    FirewallRule.group({ name: 'Ours', arn: 'arn:aws:wafv2:eu-west-1:1:regional/rulegroup/a/1', capacity: 50 }),
    50,
  ],
  ['bot control', FirewallRule.botControl({ level: 'TARGETED', machineLearning: false }), 50],
  ['takeover prevention', FirewallRule.accountTakeoverPrevention({ loginPath: '/api/auth/sign-in/email' }), 50],
  [
    'creation fraud prevention',
    FirewallRule.accountCreationFraudPrevention({ creationPath: '/a', registrationPagePath: '/b' }),
    50,
  ],
  ['flood prevention', FirewallRule.antiDDoS({ challenge: true, unchallengedPaths: ['^/api/'] }), 50],
];

const logDestination = { arn: 'arn:aws:s3:::aws-waf-logs-ours' };

test.each(capacities)('%s takes as much capacity as AWS WAF says', (_, rule, capacity) => {
  expect(new Firewall(testStack(), 'Firewall', { rules: [rule], logDestination }).capacity).toBe(capacity);
});

test('each of them is valid', () => {
  const app = testApp();
  const stack = new Stack(app, 'Test');
  capacities.forEach(([, rule], index) => {
    new Firewall(stack, `Firewall${index}`, { rules: [rule], logDestination });
  });
  app.synth();
  expect(findings(app)).toEqual([]);
});

const findings = (app: App) =>
  JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports;

const rendered = (rule: FirewallRule) => synthesize({ rules: [rule] }).webAcl.Rules[0];

test('actions render as AWS WAF has them', () => {
  const act = (action: FirewallAction) => rendered(FirewallRule.match({ name: 'Rule', match: label('a'), action }));
  expect(act(FirewallAction.count({ seen: 'yes' })).Action).toEqual({
    Count: { CustomRequestHandling: { InsertHeaders: [{ Name: 'seen', Value: 'yes' }] } },
  });
  expect(act(FirewallAction.allow()).Action).toEqual({ Allow: {} });
  expect(act(FirewallAction.captcha(Duration.minutes(10)))).toMatchObject({
    Action: { Captcha: {} },
    CaptchaConfig: { ImmunityTimeProperty: { ImmunityTime: 600 } },
  });
  expect(act(FirewallAction.challenge(Duration.minutes(10)))).toMatchObject({
    Action: { Challenge: {} },
    ChallengeConfig: { ImmunityTimeProperty: { ImmunityTime: 600 } },
  });
});

test('a rule labels what it matched', () => {
  const rule = FirewallRule.match({
    name: 'Rule',
    match: label('a'),
    action: FirewallAction.count(),
    labels: ['known:office'],
  });
  expect(rendered(rule).RuleLabels).toEqual([{ Name: 'known:office' }]);
});

test('a managed group takes a version, a scope and other actions for single rules', () => {
  const rule = FirewallRule.managed({
    group: 'AWSManagedRulesSQLiRuleSet',
    name: 'Sql',
    version: 'Version_1.1',
    overrides: { SQLi_BODY: FirewallAction.count() },
    scope: label('a'),
    countOnly: true,
  });
  expect(rendered(rule)).toMatchObject({
    Name: 'Sql',
    OverrideAction: { Count: {} },
    Statement: {
      ManagedRuleGroupStatement: {
        VendorName: 'AWS',
        Version: 'Version_1.1',
        RuleActionOverrides: [{ Name: 'SQLi_BODY', ActionToUse: { Count: {} } }],
        ScopeDownStatement: { LabelMatchStatement: { Scope: 'LABEL', Key: 'a' } },
      },
    },
  });
});

test.each<[string, () => unknown, RegExp]>([
  [
    'an empty text',
    () => text({ part: path, how: 'exactly', text: '' }),
    /^text: "" is not allowed; allowed are 1 to 200/,
  ],
  ['a word with a slash', () => text({ part: path, how: 'containsWord', text: '/a' }), /^text: "\/a" is not allowed/],
  ['a long regex', () => regex({ part: path, regex: 'a'.repeat(201) }), /^regex: /],
  [
    'a look-around',
    () => regex({ part: path, regex: '(?=a)b' }),
    /^regex: .* without back references and look-arounds/,
  ],
  ['a back reference', () => regex({ part: path, regex: String.raw`(a)\1` }), /^regex: /],
  ['a negative size', () => size({ part: path, comparison: 'GT', bytes: -1 }), /^bytes: -1 is not allowed/],
  ['a fingerprint in a regex', () => regex({ part: RequestPart.ja4('MATCH'), regex: 'a' }), /^part: a fingerprint/],
  [
    'eleven transformations',
    () => regex({ part: path, regex: 'a', transformations: Array(11).fill('LOWERCASE') }),
    /^transformations: 11 entries are not allowed; allowed are 0 to 10/,
  ],
  ['no matches', () => and(), /^and: no match is not allowed/],
  ['a header with a space', () => RequestPart.header('a b'), /^header: "a b" is not allowed/],
  ['a country by name', () => FirewallMatch.countries(['Germany']), /^countries: "Germany" is not allowed/],
  ['no countries', () => FirewallMatch.countries([]), /^countries: 0 entries are not allowed; allowed are 1 to 50/],
  ['a negative system', () => FirewallMatch.asns([-1]), /^asns: -1 is not allowed/],
  ['a network without length', () => FirewallMatch.networks('Office', ['192.0.2.1']), /^Office: network '192.0.2.1'/],
  ['no IP set', () => FirewallMatch.ipSet({}), /^sets: no ARN is not allowed/],
  [
    'an open namespace',
    () => FirewallMatch.labelNamespace('a'),
    /^labelNamespace: "a" is not allowed; allowed end with/,
  ],
  ['a label with a space', () => label('a b'), /^label: "a b" is not allowed/],
  [
    'a low limit',
    () => rate({ limit: 9 }),
    /^limit: 9 is not allowed; allowed are whole numbers from 10 to 2000000000/,
  ],
  ['another window', () => rate({ window: 90 as 60 }), /^window: 90 is not allowed; allowed are 60, 120, 300, 600/],
  ['an allowing rate', () => rate({ action: FirewallAction.allow() }), /^action: allow is not allowed in a rate rule/],
  ['six keys', () => rate({ keys: Array(6).fill(RateKey.method()) }), /^keys: 6 entries are not allowed/],
  ['no keys and no scope', () => rate({ keys: [] }), /^keys: none is not allowed without scope/],
  [
    'two forwarded addresses',
    () => rate({ keys: [RateKey.forwardedIp(forwarded), RateKey.forwardedIp({ ...forwarded, header: 'X-Real-IP' })] }),
    /^keys: two forwarded addresses are not allowed/,
  ],
  [
    'an unknown group',
    () => FirewallRule.managed({ group: 'Ours' }),
    /^capacity: is missing for 'Ours'; known are those/,
  ],
  [
    'a capacity that is not known yet',
    () =>
      FirewallRule.group({
        name: 'Ours',
        arn: 'arn:aws:wafv2:eu-west-1:1:regional/rulegroup/a/1',
        capacity: Token.asNumber({ Ref: 'Capacity' }),
      }),
    /^capacity: a token is not allowed/,
  ],
  [
    'a group with a fee',
    () => FirewallRule.managed({ group: 'AWSManagedRulesBotControlRuleSet' }),
    /^group: 'AWSManagedRulesBotControlRuleSet' costs extra; ask for it with FirewallRule.botControl/,
  ],
  [
    'learning for nothing',
    () => FirewallRule.botControl({ machineLearning: true }),
    /^machineLearning: is not allowed/,
  ],
  [
    'a relative login path',
    () => FirewallRule.accountTakeoverPrevention({ loginPath: 'login' }),
    /^loginPath: "login"/,
  ],
  ['another status', () => FirewallAction.block({ status: 418 }), /^status: 418 is not allowed; allowed are 200, /],
  [
    'a long body',
    () => FirewallAction.block({ body: { name: 'a', contentType: 'TEXT_PLAIN', content: 'a'.repeat(4097) } }),
    /^body.content: 4097 bytes are not allowed; allowed are 4096/,
  ],
  ['a short immunity', () => FirewallAction.captcha(Duration.seconds(59)), /^immunity: 59 is not allowed/],
  ['a name with a space', () => FirewallRule.match({ name: 'a b', match: label('a'), action: block }), /^name: "a b"/],
  [
    'a name of a metric that AWS WAF has itself',
    () => FirewallRule.match({ name: 'Default_Action', match: label('a'), action: block }),
    /^name: "Default_Action" is not allowed/,
  ],
  [
    'a label with a reserved word',
    () => FirewallRule.match({ name: 'Rule', match: label('a'), action: block, labels: ['ours:managed'] }),
    /^labels: "ours:managed" is not allowed; .* 'awswaf', 'aws'/,
  ],
  ['a label with seven names', () => rate({ labels: ['a:b:c:d:e:f:g'] }), /^labels: "a:b:c:d:e:f:g" is not allowed/],
  [
    'a challenge that lasts less than five minutes',
    () => FirewallAction.challenge(Duration.seconds(299)),
    /^immunity: 299 is not allowed; allowed are whole numbers from 300/,
  ],
  [
    'a content type beside that of the body',
    () => FirewallAction.block({ headers: { 'Content-Type': 'text/html' } }),
    /^headers: "Content-Type" is not allowed/,
  ],
  [
    'a header that stands twice',
    () => FirewallAction.block({ headers: { 'X-A': '1', 'x-a': '2' } }),
    /^headers: 'x-a' stands twice; allowed is once/,
  ],
  [
    'a text of more than 200 bytes',
    () => text({ part: path, how: 'exactly', text: 'é'.repeat(101) }),
    /^text: 202 bytes are not allowed; allowed are 200/,
  ],
  [
    'no cookies, by a list',
    () => RequestPart.cookies('MATCH', []),
    /^names: 0 entries are not allowed; allowed are 1 to 199/,
  ],
  [
    'a body in a group of yours, which the web ACL would not know',
    () =>
      FirewallRule.group({
        name: 'Ours',
        arn: 'arn:aws:wafv2:eu-west-1:1:regional/rulegroup/a/1',
        capacity: 50,
        overrides: { One: FirewallAction.block({ body: { name: 'a', contentType: 'TEXT_PLAIN', content: 'a' } }) },
      }),
    /^overrides.One: a body is not allowed/,
  ],
  [
    'an immunity in a group, which would do nothing',
    () =>
      FirewallRule.managed({
        group: 'AWSManagedRulesSQLiRuleSet',
        overrides: { SQLi_BODY: FirewallAction.captcha(Duration.minutes(9)) },
      }),
    /^overrides.SQLi_BODY: an immunity is not allowed/,
  ],
])('refuses %s', (_, make, message) => {
  expect(make).toThrow(message);
});

test('looking at answers is for CloudFront', () => {
  const rule = FirewallRule.accountTakeoverPrevention({
    loginPath: '/login',
    responseInspection: { statusCode: { successCodes: [200], failureCodes: [401] } },
  });
  expect(() => new Firewall(testStack(), 'Firewall', { rules: [rule] })).toThrow(
    "responseInspection: is not allowed with scope 'REGIONAL'; allowed with 'CLOUDFRONT'",
  );
  const stack = new Stack(testApp(), 'Edge', { env: { region: 'us-east-1' } });
  expect(() => new Firewall(stack, 'Firewall', { scope: 'CLOUDFRONT', rules: [rule] })).not.toThrow();
});

const parts = fc.constantFrom(
  RequestPart.method(),
  RequestPart.path(),
  RequestPart.queryString(),
  RequestPart.queryArgument('a'),
  RequestPart.queryArguments(),
  RequestPart.header('Origin'),
  RequestPart.headers('CONTINUE', 'KEY'),
  RequestPart.cookies('NO_MATCH', ['session']),
  RequestPart.body('MATCH'),
  RequestPart.jsonBody('MATCH', 'NO_MATCH'),
  RequestPart.headerOrder('CONTINUE'),
);
const changes = fc.subarray([...transformations], { maxLength: 3 });
const names = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const leaf: fc.Arbitrary<FirewallMatch> = fc.oneof(
  fc
    .tuple(parts, fc.constantFrom('exactly', 'startsWith', 'endsWith', 'contains'), names, changes)
    .map(([part, how, value, list]) => text({ part, how, text: value, transformations: list })),
  fc.tuple(parts, names, changes).map(([part, value, list]) => regex({ part, regex: value, transformations: list })),
  fc.tuple(parts, fc.nat()).map(([part, bytes]) => size({ part, comparison: 'LE', bytes })),
  fc.constantFrom(FirewallMatch.countries(['DE']), FirewallMatch.asns([64500]), label('a:b')),
  fc.constant(FirewallMatch.networks('Office', ['192.0.2.0/24', '2001:db8::/32'])),
);
const matchOf: fc.Arbitrary<FirewallMatch> = fc.oneof(
  leaf,
  leaf.map(not),
  fc.tuple(leaf, leaf).map(([one, other]) => and(one, other)),
  fc.tuple(leaf, leaf, leaf).map(([one, two, three]) => or(one, not(and(two, three)))),
);
const keys = fc.subarray(
  [
    RateKey.ip(),
    RateKey.ja4('NO_MATCH'),
    RateKey.asn(),
    RateKey.method(),
    RateKey.path(['LOWERCASE']),
    RateKey.cookie('a'),
  ],
  { minLength: 1, maxLength: 5 },
);
const ruleOf = (name: string): fc.Arbitrary<FirewallRule> =>
  fc.oneof(
    matchOf.map((match) => FirewallRule.match({ name, match, action: FirewallAction.count(), labels: ['a:b'] })),
    fc
      .tuple(keys, fc.integer({ min: 10, max: 2_000_000_000 }), fc.constantFrom(60, 120, 300, 600), fc.option(matchOf))
      .map(([by, limit, window, scope]) =>
        FirewallRule.rate({ name, limit, window, keys: by, scope: scope ?? undefined, action: block }),
      ),
  );
const props: fc.Arbitrary<FirewallProps> = fc.record({
  rules: fc.tuple(ruleOf('One'), ruleOf('Two'), ruleOf('Three')).map((rules) => [...rules]),
  defaultAction: fc.constantFrom('allow', 'block'),
  inspectedBody: fc.constantFrom(16, 32, 48, 64),
  maxCapacity: fc.integer({ min: 1000, max: 5000 }),
  logAllowed: fc.boolean(),
  logPaths: fc.boolean(),
  redactedHeaders: fc.uniqueArray(names, { maxLength: 3 }),
});

test('any legal combination of rules and settings synthesizes and is valid', () => {
  const app = testApp();
  const stack = new Stack(app, 'Test');
  fc.sample(props, { numRuns: 60, seed: 20261123 }).forEach((one, index) => {
    new Firewall(stack, `Firewall${index}`, { ...one, logDestination });
  });
  app.synth();
  expect(findings(app)).toEqual([]);
});

const illegal: readonly FirewallProps[] = [
  { maxCapacity: 0 },
  { maxCapacity: 1.5 },
  { inspectedBody: 8 as 16 },
  { defaultAction: 'count' as 'allow' },
  { scope: 'GLOBAL' as 'REGIONAL' },
  { redactedHeaders: ['a b'] },
];

test('any illegal setting is refused by its name, among whatever legal ones', () => {
  fc.assert(
    fc.property(props, fc.constantFrom(...illegal), (legal, wrong) => {
      const [setting] = Object.keys(wrong);
      expect(() => new Firewall(testStack(), 'Firewall', { ...legal, ...wrong })).toThrow(new RegExp(`^${setting}: `));
    }),
    { numRuns: 20, seed: 20261123 },
  );
});
