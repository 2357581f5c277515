import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { GatehouseChecks } from '../../lib/index.ts';
import { rules } from '../../lib/rules/index.ts';
import type { Properties, Template } from '../../lib/rules/template.ts';
import { templateOf, testApp } from './support.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const ours = { dev: templateOf('dev').toJSON() as Template, prod: templateOf('prod').toJSON() as Template };

/** What all rules find in a template, as 'Rule: resource, location'. */
const findings = (template: Template): string[] =>
  rules.flatMap(({ id: rule, check }) => check(template).map(({ id, location }) => `${rule}: ${id}, ${location}`));

// biome-ignore lint/suspicious/noExplicitAny: the tests break templates at will
type Loose = any;

/** Our production template with a mistake in it. */
function broken(mistake: (resources: Record<string, Loose>) => void): Template {
  const template = structuredClone(ours.prod);
  mistake(template.Resources as Record<string, Loose>);
  return template;
}

const idOf = (type: string, pattern = /./): string => {
  const [id] = Object.entries(ours.prod.Resources!).find(([id, { Type }]) => Type === type && pattern.test(id)) ?? [];
  if (!id) throw new Error(`no ${type} matches ${pattern}`);
  return id;
};
const key = idOf('AWS::KMS::Key', /SigningKeyskey1/);
const dataKey = idOf('AWS::KMS::Key', /DataKey/);
const policy = idOf('AWS::IAM::Policy', /AuthFunction/);
const fn = idOf('AWS::Lambda::Function', /AuthFunction/);
const mailer = idOf('AWS::Lambda::Function', /Mailer/);
const table = idOf('AWS::DynamoDB::GlobalTable', /IdentityTable/);
const api = idOf('AWS::ApiGateway::RestApi');
const stage = idOf('AWS::ApiGateway::Stage');
const domain = idOf('AWS::ApiGateway::DomainName');
const acl = idOf('AWS::WAFv2::WebACL');
const wafLog = idOf('AWS::WAFv2::LoggingConfiguration');
const wafGroup = idOf('AWS::Logs::LogGroup', /Firewall/);
const auditLog = idOf('AWS::Logs::LogGroup', /AuditTrail[0-9A-F]{8}$/);
const alarm = idOf('AWS::CloudWatch::Alarm', /FunctionErrors/);
const mail = idOf('AWS::SES::ConfigurationSet');
const events = idOf('AWS::SES::ConfigurationSetEventDestination');

const keyStatement = (resources: Record<string, Loose>, sid: string) =>
  resources[key].Properties.KeyPolicy.Statement.find(({ Sid }: { Sid: string }) => Sid === sid);
const grant = (resources: Record<string, Loose>, statement: Properties) =>
  resources[policy].Properties.PolicyDocument.Statement.push({ Effect: 'Allow', Resource: 'arn:aws:x', ...statement });
const wafRules = (resources: Record<string, Loose>): Loose[] => resources[acl].Properties.Rules;
const wafRule = (resources: Record<string, Loose>, name: string) =>
  wafRules(resources).find(({ Name }) => Name === name);

test.each(['dev', 'prod'] as const)('are kept by stage %s', (name) => {
  expect(findings(ours[name])).toEqual([]);
});

const mistakes: [string, (resources: Record<string, Loose>) => void, string[]][] = [
  [
    'a second signer',
    (r) => {
      keyStatement(r, 'OnlyTheSignerSigns').Condition.ArnNotEquals['aws:PrincipalArn'] = ['arn:a', 'arn:b'];
    },
    [`SigningKeyHasOneSigner: ${key}, Properties.KeyPolicy`],
  ],
  [
    'a signer by wildcard',
    (r) => {
      keyStatement(r, 'OnlyTheSignerSigns').Condition = { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/a' } };
    },
    [`SigningKeyHasOneSigner: ${key}, Properties.KeyPolicy`],
  ],
  [
    'a denial that another condition takes back',
    (r) => {
      keyStatement(r, 'OnlyTheSignerSigns').Condition.Bool = { 'aws:SecureTransport': 'false' };
    },
    [`SigningKeyHasOneSigner: ${key}, Properties.KeyPolicy`],
  ],
  [
    'a denial of something else than signing',
    (r) => {
      keyStatement(r, 'OnlyTheSignerSigns').Action = 'kms:Verify';
    },
    [`SigningKeyHasOneSigner: ${key}, Properties.KeyPolicy`],
  ],
  [
    'any algorithm',
    (r) => {
      keyStatement(r, 'OnlyWithItsAlgorithm').Effect = 'Allow';
      keyStatement(r, 'OnlyWithItsAlgorithm').Principal = { AWS: 'arn:aws:iam::111122223333:root' };
    },
    [`SigningKeyHasOneAlgorithm: ${key}, Properties.KeyPolicy`],
  ],
  [
    'a denial for one principal alone',
    (r) => {
      for (const sid of ['OnlyTheSignerSigns', 'OnlyWithItsAlgorithm']) {
        keyStatement(r, sid).Principal = { AWS: 'arn:aws:iam::111122223333:role/other' };
      }
    },
    [`SigningKeyHasOneAlgorithm: ${key}, Properties.KeyPolicy`, `SigningKeyHasOneSigner: ${key}, Properties.KeyPolicy`],
  ],
  [
    'a denial of everything but signing',
    (r) => {
      const { Action, ...statement } = keyStatement(r, 'OnlyTheSignerSigns');
      r[key].Properties.KeyPolicy.Statement = [
        ...r[key].Properties.KeyPolicy.Statement.filter(({ Sid }: Loose) => Sid !== statement.Sid),
        { ...statement, NotAction: Action },
      ];
    },
    [`SigningKeyHasOneSigner: ${key}, Properties.KeyPolicy`],
  ],
  [
    'either message type',
    (r) => {
      keyStatement(r, 'OnlyItsMessageType').Condition.StringNotEquals['kms:MessageType'] = ['RAW', 'DIGEST'];
    },
    [`SigningKeyHasOneAlgorithm: ${key}, Properties.KeyPolicy`],
  ],
  [
    'a key that goes with its stack',
    (r) => {
      r[key].DeletionPolicy = 'Delete';
    },
    [`SigningKeyIsKept: ${key}, DeletionPolicy`],
  ],
  [
    'a short wait for its deletion',
    (r) => {
      r[key].Properties.PendingWindowInDays = 7;
    },
    [`SigningKeyIsKept: ${key}, Properties.PendingWindowInDays`],
  ],
  [
    'an elliptic key without a usage',
    (r) => {
      delete r[key].Properties.KeyUsage;
    },
    [`AsymmetricKeyHasUsage: ${key}, Properties.KeyUsage`],
  ],
  [
    'a key for everybody',
    (r) => {
      r[dataKey].Properties.KeyPolicy.Statement.push({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'kms:Decrypt',
      });
    },
    [`KeyPolicyIsClosed: ${dataKey}, Properties.KeyPolicy`],
  ],
  [
    'a key for all but one',
    (r) => {
      r[dataKey].Properties.KeyPolicy.Statement.push({
        Effect: 'Allow',
        NotPrincipal: { AWS: 'a' },
        Action: 'kms:Decrypt',
      });
    },
    [`KeyPolicyIsClosed: ${dataKey}, Properties.KeyPolicy`],
  ],
  [
    'a signer that deletes keys',
    (r) => grant(r, { Action: 'kms:ScheduleKeyDeletion' }),
    [`SignerCannotStopKeys: ${policy}, Properties.PolicyDocument`],
  ],
  [
    'a signer that scans',
    (r) => grant(r, { Action: ['dynamodb:GetItem', 'dynamodb:Scan'] }),
    [`SignerCannotScan: ${policy}, Properties.PolicyDocument`],
  ],
  [
    'a signer that scans by a managed policy, as addManagedPolicy attaches it',
    (r) => {
      const [roleRef] = r[policy].Properties.Roles;
      r[roleRef.Ref].Properties.ManagedPolicyArns = [{ Ref: 'Managed' }];
      const statement = { Effect: 'Allow', Action: 'dynamodb:Scan', Resource: 'arn:aws:x' };
      r.Managed = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: [statement] } } };
    },
    ['SignerCannotScan: Managed, Properties.PolicyDocument'],
  ],
  [
    'a signer whom only the policy of the key lets sign',
    (r) => {
      const [roleRef] = r[policy].Properties.Roles;
      for (const id of Object.keys(r)) {
        const { Statement } = r[id].Properties?.PolicyDocument ?? {};
        for (const statement of Statement ?? []) {
          if (JSON.stringify(statement.Action).includes('kms:Sign')) statement.Action = 'kms:DescribeKey';
        }
      }
      r[key].Properties.KeyPolicy.Statement.push({
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::GetAtt': [roleRef.Ref, 'Arn'] } },
        Action: 'kms:Sign',
        Resource: '*',
      });
      grant(r, { Action: 'dynamodb:Scan' });
    },
    [`SignerCannotScan: ${policy}, Properties.PolicyDocument`],
  ],
  [
    'a signer with a wildcard, as grants of aws-cdk-lib have it',
    (r) => grant(r, { Action: 'dynamodb:S*' }),
    [
      `SignerCannotScan: ${policy}, Properties.PolicyDocument`,
      `SignerHasNoWildcards: ${policy}, Properties.PolicyDocument`,
    ],
  ],
  [
    'a signer that may do all but something',
    (r) => grant(r, { NotAction: 'iam:*' }),
    [
      `SignerCannotStopKeys: ${policy}, Properties.PolicyDocument`,
      `SignerCannotScan: ${policy}, Properties.PolicyDocument`,
      `SignerHasNoWildcards: ${policy}, Properties.PolicyDocument`,
    ],
  ],
  [
    'a signer with every secret',
    (r) => grant(r, { Action: 'secretsmanager:GetSecretValue', Resource: '*' }),
    [`SignerHasNoWildcards: ${policy}, Properties.PolicyDocument`],
  ],
  ...['?*', '**', 'arn:aws:secretsmanager:*:*:secret:*', 'arn:aws:secretsmanager:*'].map(
    (Resource): (typeof mistakes)[number] => [
      `a signer with every secret, as ${Resource}`,
      (r) => grant(r, { Action: 'secretsmanager:GetSecretValue', Resource }),
      [`SignerHasNoWildcards: ${policy}, Properties.PolicyDocument`],
    ],
  ),
  [
    'a signer whose actions have a character left open',
    (r) => grant(r, { Action: 'sqs:SendMessag?', Resource: 'arn:aws:sqs:us-east-1:111122223333:mail' }),
    [`SignerHasNoWildcards: ${policy}, Properties.PolicyDocument`],
  ],
  [
    'a secret as a variable',
    (r) => {
      r[fn].Properties.Environment.Variables.BETTER_AUTH_SECRET = 'abc';
    },
    [`NoSecretInEnvironment: ${fn}, Properties.Environment.Variables.BETTER_AUTH_SECRET`],
  ],
  [
    'a secret that CloudFormation would put in',
    (r) => {
      r[mailer].Properties.Environment.Variables.SETTING = {
        'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'S' }, ':SecretString}}']],
      };
    },
    [`NoSecretInEnvironment: ${mailer}, Properties.Environment.Variables.SETTING`],
  ],
  [
    'a table with AWS’s key, without a ceiling or recovery',
    (r) => {
      delete r[table].Properties.Replicas[0].SSESpecification;
      delete r[table].Properties.WriteOnDemandThroughputSettings;
      r[table].Properties.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled = false;
    },
    [
      `AuthTableIsProtected: ${table}, Properties.Replicas.SSESpecification`,
      `AuthTableIsProtected: ${table}, Properties.Replicas.PointInTimeRecoverySpecification`,
      `AuthTableIsProtected: ${table}, Properties.WriteOnDemandThroughputSettings`,
    ],
  ],
  [
    'rows that expire by a text',
    (r) => {
      r[table].Properties.TimeToLiveSpecification.AttributeName = 'sk';
    },
    [`AuthTableIsProtected: ${table}, Properties.TimeToLiveSpecification`],
  ],
  [
    'a second way to the API',
    (r) => {
      r[api].Properties.DisableExecuteApiEndpoint = false;
    },
    [`AuthApiHasOneName: ${api}, Properties.DisableExecuteApiEndpoint`],
  ],
  [
    'a second way to the API, whose name leads there by a path of several segments',
    (r) => {
      const [id, { Properties }] = Object.entries(r).find(
        ([, { Type }]) => Type === 'AWS::ApiGateway::BasePathMapping',
      )!;
      r[id] = {
        Type: 'AWS::ApiGatewayV2::ApiMapping',
        Properties: { ApiId: Properties.RestApiId, DomainName: Properties.DomainName, ApiMappingKey: 'a/b' },
      };
      r[api].Properties.DisableExecuteApiEndpoint = false;
      r[domain].Properties.SecurityPolicy = 'TLS_1_2';
    },
    [
      `AuthApiHasOneName: ${api}, Properties.DisableExecuteApiEndpoint`,
      `AuthApiSpeaksModernTls: ${domain}, Properties.SecurityPolicy`,
    ],
  ],
  [
    'old TLS on a name that is mapped by its text',
    (r) => {
      const mapping = Object.values(r).find(({ Type }) => Type === 'AWS::ApiGateway::BasePathMapping')!;
      mapping.Properties.DomainName = r[domain].Properties.DomainName;
      r[domain].Properties.SecurityPolicy = 'TLS_1_2';
    },
    [`AuthApiSpeaksModernTls: ${domain}, Properties.SecurityPolicy`],
  ],
  [
    'old TLS on the name, and any Host header on the API',
    (r) => {
      r[domain].Properties.SecurityPolicy = 'TLS_1_2';
      r[api].Properties.EndpointAccessMode = 'BASIC';
    },
    [
      `AuthApiSpeaksModernTls: ${api}, Properties.EndpointAccessMode`,
      `AuthApiSpeaksModernTls: ${domain}, Properties.SecurityPolicy`,
    ],
  ],
  [
    'managed rules before the blocked networks',
    (r) => {
      for (const rule of wafRules(r)) if (rule.OverrideAction) rule.Priority -= 1000;
    },
    [`FirewallBlocksFirst: ${acl}, Properties.Rules`],
  ],
  [
    'no rule on blocked networks, but one on everybody outside the networks of administrators',
    (r) => {
      r[acl].Properties.Rules = wafRules(r).filter(({ Name }) => Name !== 'BlockedNetworks');
    },
    [`FirewallBlocksFirst: ${acl}, Properties.Rules`],
  ],
  [
    'networks that no rate rule sees',
    (r) => {
      wafRules(r).push({ Name: 'Office', Priority: -1, Action: { Allow: {} }, Statement: {} });
    },
    [`FirewallBlocksFirst: ${acl}, Properties.Rules`],
  ],
  [
    'sign-ins at the rate of everything',
    (r) => {
      for (const rule of wafRules(r)) {
        if (/Credential/.test(rule.Name)) rule.Statement.RateBasedStatement.Limit = 2000;
      }
    },
    [`FirewallLimitsCredentials: ${acl}, Properties.Rules`],
  ],
  [
    'a lower limit on everything but credentials',
    (r) => {
      for (const { Name, Statement } of wafRules(r)) {
        if (!/Credential/.test(Name)) continue;
        const rate = Statement.RateBasedStatement;
        rate.ScopeDownStatement = { NotStatement: { Statement: rate.ScopeDownStatement } };
      }
    },
    [`FirewallLimitsCredentials: ${acl}, Properties.Rules`],
  ],
  [
    'a limit that only counts',
    (r) => {
      for (const rule of wafRules(r)) if (/Credential/.test(rule.Name)) rule.Action = { Count: {} };
    },
    [`FirewallLimitsCredentials: ${acl}, Properties.Rules`],
  ],
  [
    'no limit on everything',
    (r) => {
      const all = wafRule(r, 'RatePerSource');
      r[acl].Properties.Rules = wafRules(r).filter((rule) => rule !== all);
    },
    [`FirewallLimitsCredentials: ${acl}, Properties.Rules`],
  ],
  [
    'a log with the ARN attribute of its group, which ends with :*',
    (r) => {
      r[wafLog].Properties.LogDestinationConfigs = [{ 'Fn::GetAtt': [wafGroup, 'Arn'] }];
    },
    [`FirewallLogHasDestination: ${wafLog}, Properties.LogDestinationConfigs`],
  ],
  [
    'a log under another name',
    (r) => {
      r[wafGroup].Properties.LogGroupName = 'waf';
    },
    [`FirewallLogHasDestination: ${wafLog}, Properties.LogDestinationConfigs`],
  ],
  [
    'a log with a slash, as formatArn writes it',
    (r) => {
      r[wafLog].Properties.LogDestinationConfigs = ['arn:aws:logs:eu-west-1:111122223333:log-group/aws-waf-logs-x'];
    },
    [`FirewallLogHasDestination: ${wafLog}, Properties.LogDestinationConfigs`],
  ],
  [
    'a log in a bucket whose name CloudFormation makes up',
    (r) => {
      r.Bucket = { Type: 'AWS::S3::Bucket', Properties: {} };
      r[wafLog].Properties.LogDestinationConfigs = [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }];
    },
    [`FirewallLogHasDestination: ${wafLog}, Properties.LogDestinationConfigs`],
  ],
  [
    'cookies in the log',
    (r) => {
      const isCookie = (field: Loose) => JSON.stringify(field).includes('"cookie"');
      const { Properties } = r[wafLog];
      Properties.RedactedFields = Properties.RedactedFields.filter((field: Loose) => !isCookie(field));
    },
    [`FirewallLogRedacts: ${wafLog}, Properties.RedactedFields`],
  ],
  [
    'an audit log that goes with its stack, in clear, or for ever',
    (r) => {
      r[auditLog].UpdateReplacePolicy = 'Delete';
      delete r[auditLog].Properties.KmsKeyId;
      delete r[auditLog].Properties.RetentionInDays;
    },
    [
      `AuditLogIsKept: ${auditLog}, DeletionPolicy`,
      `AuditLogIsKept: ${auditLog}, Properties.KmsKeyId`,
      `AuditLogIsKept: ${auditLog}, Properties.RetentionInDays`,
    ],
  ],
  [
    'an audit log that Lambda makes by itself, in clear and for ever',
    (r) => {
      delete r[fn].Properties.LoggingConfig.LogGroup;
    },
    [`AuditLogIsKept: ${fn}, Properties.LoggingConfig.LogGroup`],
  ],
  [
    'others in the audit log',
    (r) => {
      r[mailer].Properties.LoggingConfig.LogGroup = { Ref: auditLog };
      r[stage].Properties.AccessLogSetting.DestinationArn = { 'Fn::GetAtt': [auditLog, 'Arn'] };
    },
    [
      `AuditLogIsApart: ${mailer}, Properties.LoggingConfig.LogGroup`,
      `AuditLogIsApart: ${stage}, Properties.AccessLogSetting.DestinationArn`,
    ],
  ],
  [
    'an alarm that nobody hears, and one that takes silence for anything',
    (r) => {
      r[alarm].Properties.AlarmActions = [];
      delete r[alarm].Properties.TreatMissingData;
    },
    [
      `AlarmReachesSomebody: ${alarm}, Properties.AlarmActions`,
      `AlarmReachesSomebody: ${alarm}, Properties.TreatMissingData`,
    ],
  ],
  [
    'a composite alarm that nobody hears',
    (r) => {
      r.Composite = { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmRule: 'TRUE' } };
    },
    ['AlarmReachesSomebody: Composite, Properties.AlarmActions'],
  ],
  [
    'an alarm whose actions are off',
    (r) => {
      r[alarm].Properties.ActionsEnabled = false;
    },
    [`AlarmReachesSomebody: ${alarm}, Properties.AlarmActions`],
  ],
  [
    'mail in clear',
    (r) => {
      r[mail].Properties.DeliveryOptions.TlsPolicy = 'OPTIONAL';
    },
    [`MailRequiresTls: ${mail}, Properties.DeliveryOptions.TlsPolicy`],
  ],
  [
    'mail whose links lead through another server',
    (r) => {
      r[events].Properties.EventDestination.MatchingEventTypes.push('click');
    },
    [`MailIsNotTracked: ${events}, Properties.EventDestination.MatchingEventTypes`],
  ],
  [
    'mail with a picture that tells who opened it',
    (r) => {
      r[mail].Properties.TrackingOptions = { CustomRedirectDomain: 'links.example.com' };
    },
    [`MailIsNotTracked: ${mail}, Properties`],
  ],
];

test.each(mistakes)('find %s, and nothing else', (_, mistake, expected) => {
  expect(findings(broken(mistake)).sort()).toEqual(expected.sort());
});

test('each bites on one of these at least', () => {
  const bitten = new Set(mistakes.flatMap(([, , expected]) => expected.map((line) => line.split(':')[0])));
  expect(rules.map(({ id }) => id).filter((id) => !bitten.has(id))).toEqual([]);
});

test('stand one in a file, which is named after it', () => {
  const kebab = (id: string) => `${id.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase()}.ts`;
  const files = readdirSync('lib/rules');
  for (const { id } of rules) expect(files).toContain(kebab(id));
});

test('say nothing of stacks without an auth function, and take any template', () => {
  expect(findings({})).toEqual([]);
  const Scan = { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' };
  const template: Template = {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement: Scan } }] } },
      Api: { Type: 'AWS::ApiGateway::RestApi' },
      Acl: { Type: 'AWS::WAFv2::WebACL', Properties: {} },
      Table: { Type: 'AWS::DynamoDB::GlobalTable' },
      Function: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      Group: { Type: 'AWS::Logs::LogGroup' },
    },
  };
  expect(findings(template)).toEqual([]);
});

describe('as a plugin', () => {
  function appWithSilentAlarm(reason?: string): App {
    const app = testApp();
    const silent = new CfnAlarm(new Stack(app, 'Theirs'), 'Alarm', {
      metricName: 'Errors',
      namespace: 'AWS/Lambda',
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
    });
    Validations.of(app).addPlugins(new GatehouseChecks());
    if (reason) Validations.of(silent).acknowledge({ id: 'GatehouseChecks::AlarmReachesSomebody', reason });
    return app;
  }
  const reportOf = (app: App) =>
    JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports;

  test('stop the synthesis of an app, and name the construct', () => {
    const app = appWithSilentAlarm();
    const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
    expect(() => app.synth()).toThrow(/Validation failed/);
    expect(String(printed.mock.calls)).toContain("Acknowledge with 'GatehouseChecks::AlarmReachesSomebody'");
    printed.mockRestore();
    expect(reportOf(app)).toMatchObject([
      {
        pluginName: 'GatehouseChecks',
        violations: [{ ruleName: 'AlarmReachesSomebody', violatingConstructs: [{ constructPath: 'Theirs/Alarm' }] }],
      },
    ]);
  });

  test('take an exception with a reason', () => {
    const app = appWithSilentAlarm('A child of a composite alarm.');
    expect(() => app.synth()).not.toThrow();
  });

  test('read templates as they stand in the assembly', () => {
    const templatePath = join(scratch, 'broken.template.json');
    writeFileSync(templatePath, JSON.stringify(broken((r) => grant(r, { Action: 'dynamodb:Scan' }))));
    const report = new GatehouseChecks().validate({ templatePaths: [templatePath] } as Parameters<
      GatehouseChecks['validate']
    >[0]);
    expect(report).toMatchObject({
      success: false,
      violations: [{ ruleName: 'SignerCannotScan', violatingResources: [{ resourceLogicalId: policy, templatePath }] }],
    });
  });
});
