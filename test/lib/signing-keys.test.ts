import { describe, expect, test } from '@jest/globals';
import {
  Aws,
  CliCredentialsStackSynthesizer,
  DefaultStackSynthesizer,
  type Environment,
  type IStackSynthesizer,
  LegacyStackSynthesizer,
  NestedStack,
  Stack,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type SigningKeyConfig, SigningKeys, type SigningKeysProps } from '../../lib/index.ts';
import {
  actionsOf,
  inlineCode,
  resourceOf,
  resourcesOf,
  type Statement,
  statementsOf,
  testApp,
  testStack,
} from './support.ts';

const es256: SigningKeyConfig = { id: '2026-11', algorithm: 'ES256', state: 'active' };

function synthesize(props: SigningKeysProps = {}) {
  const stack = testStack();
  const keys = new SigningKeys(stack, 'Keys', { publisherCode: inlineCode(), ...props });
  const signer = new Role(stack, 'Signer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  keys.grantSign(signer);
  return { stack, keys, template: Template.fromStack(stack) };
}

const signingKey = (template: Template, pattern = /^Keys(?!Publisher)/) =>
  resourceOf(template, 'AWS::KMS::Key', pattern);
const keyPolicy = (template: Template): Statement[] => signingKey(template).Properties.KeyPolicy.Statement;

describe('keys', () => {
  test('are an active ES256 key and a standby by default', () => {
    const { keys } = synthesize();
    expect(keys.keys.map(({ id, algorithm, state }) => [id, algorithm, state])).toEqual([
      ['key-1', 'ES256', 'active'],
      ['key-2', 'ES256', 'next'],
    ]);
  });

  test.each([
    ['ES256', 'ECC_NIST_P256'],
    ['ES512', 'ECC_NIST_P521'],
    ['EdDSA', 'ECC_NIST_EDWARDS25519'],
    ['RS256', 'RSA_2048'],
    ['PS256', 'RSA_2048'],
  ] as const)('for %s have the spec %s and sign', (algorithm, KeySpec) => {
    const { template } = synthesize({ keys: [{ ...es256, algorithm }] });
    expect(signingKey(template).Properties).toMatchObject({ KeySpec, KeyUsage: 'SIGN_VERIFY' });
  });

  test('are retained, whatever happens to the stack', () => {
    const { DeletionPolicy, UpdateReplacePolicy } = signingKey(synthesize({ keys: [es256] }).template);
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  test('keep their place in the stack by id, so that a new generation replaces nothing', () => {
    const ids = (keys: SigningKeyConfig[]) =>
      Object.keys(resourcesOf(synthesize({ keys }).template, 'AWS::KMS::Key')).filter(
        (id) => !id.includes('Publisher'),
      );
    const before = ids([es256]);
    const after = ids([
      { id: '2027-01', algorithm: 'ES256', state: 'active' },
      { ...es256, state: 'retiring' },
    ]);
    expect(after).toHaveLength(2);
    expect(after).toEqual(expect.arrayContaining(before));
  });

  test('may exist already', () => {
    const stack = testStack();
    const key = Key.fromKeyArn(stack, 'Existing', 'arn:aws:kms:eu-west-1:111122223333:key/ours');
    new SigningKeys(stack, 'Keys', { publisherCode: inlineCode(), keys: [{ ...es256, key }] });
    Template.fromStack(stack).hasResourceProperties('Custom::GatehousePublishedKeys', {
      Keys: [Match.objectLike({ keyArn: key.keyArn })],
    });
  });
});

describe('the key policy', () => {
  const statement = (sid: string) => keyPolicy(synthesize({ keys: [es256] }).template).find(({ Sid }) => Sid === sid)!;

  test('denies signing to all but the signer', () => {
    expect(statement('OnlyTheSignerSigns')).toMatchObject({
      Effect: 'Deny',
      Action: 'kms:Sign',
      Principal: { AWS: '*' },
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': [expect.stringMatching(/^Signer/), 'Arn'] } } },
    });
  });

  test('denies stopping the key to all but the root user and break-glass roles, also to the deployment', () => {
    const { template } = synthesize({
      keys: [es256],
      breakGlassRoleArns: ['arn:aws:iam::111122223333:role/break-glass'],
    });
    const stop = keyPolicy(template).find(({ Sid }) => Sid === 'OnlyEmergencyStopsTheKey')!;
    expect(stop.Action).toEqual(expect.arrayContaining(['kms:DisableKey', 'kms:ScheduleKeyDeletion']));
    const allowed = stop.Condition!.ArnNotLike!['aws:PrincipalArn'];
    expect(allowed).toHaveLength(2);
    expect(JSON.stringify(allowed)).toMatch(/:root.*role\/break-glass/);
    expect(JSON.stringify(allowed)).not.toContain('cfn-exec-role');
  });

  test('lets the deployment change it, so that no update locks the account out', () => {
    const change = statement('OnlyDeploymentChangesAccess');
    expect(change.Action).toEqual(['kms:PutKeyPolicy', 'kms:TagResource', 'kms:UntagResource']);
    expect(JSON.stringify(change.Condition)).toContain('role/cdk-hnb659fds-cfn-exec-role-');
  });

  test('names roles in conditions only, never as principals', () => {
    for (const { Principal } of keyPolicy(synthesize({ keys: [es256] }).template) as unknown as {
      Principal: unknown;
    }[]) {
      expect(JSON.stringify(Principal)).toMatch(/:root"|"\*"/);
    }
  });

  test('lets nobody but the root user sign before a signer is named', () => {
    const stack = testStack();
    new SigningKeys(stack, 'Keys', { publisherCode: inlineCode(), keys: [es256] });
    const deny = keyPolicy(Template.fromStack(stack)).find(({ Sid }) => Sid === 'OnlyTheSignerSigns')!;
    expect(JSON.stringify(deny.Condition)).toContain(':root');
  });
});

describe('multi-Region keys', () => {
  const multiRegion = (props: SigningKeysProps) => resourcesOf(synthesize(props).template, 'AWS::KMS::Key');
  const next: SigningKeyConfig = { id: 'b', algorithm: 'ES256', state: 'next' };

  test('are a setting of the list, or of one key, so that the next generation can be the first', () => {
    const found = (props: SigningKeysProps) =>
      Object.entries(multiRegion(props)).filter(
        ([id, { Properties }]) => !id.includes('Publisher') && Properties.MultiRegion === true,
      ).length;
    expect(found({ keys: [es256, next] })).toBe(0);
    expect(found({ keys: [es256, next], multiRegion: true })).toBe(2);
    expect(found({ keys: [es256, { ...next, multiRegion: true }] })).toBe(1);
  });

  test('are needed for replicas', () => {
    expect(() => synthesize({ keys: [es256], replicaRegions: ['us-east-1'] })).toThrow(
      /^replicaRegions: needs multiRegion/,
    );
  });
});

describe('grantSign', () => {
  test('allows exactly the algorithm and message type of each key', () => {
    const keys: SigningKeyConfig[] = [es256, { id: 'rsa', algorithm: 'RS256', state: 'active' }];
    const statements = statementsOf(synthesize({ keys }).template, /^Signer/);
    expect(actionsOf(statements)).toEqual(['kms:Sign', 'kms:Sign']);
    expect(statements.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'DIGEST' } },
      { StringEquals: { 'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256', 'kms:MessageType': 'DIGEST' } },
    ]);
    for (const { Resource } of statements) expect(JSON.stringify(Resource)).not.toContain('*');
  });

  test('refuses a second role', () => {
    const { keys, stack } = synthesize();
    const second = new Role(stack, 'Second', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    expect(() => keys.grantSign(second)).toThrow(/exactly one role is allowed, got 'Test\/Second'/);
  });
});

describe('publishing', () => {
  const { template } = synthesize();

  test('may read public keys, and nothing else of KMS', () => {
    const statements = statementsOf(template, /Publisher/);
    expect(actionsOf(statements).sort()).toEqual(['kms:GetPublicKey', 'logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(JSON.stringify(statements)).not.toContain('*');
  });

  test('hands over each key with its place in the rotation', () => {
    template.hasResourceProperties('Custom::GatehousePublishedKeys', {
      ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('PublisherFunction'), 'Arn'] },
      Keys: [
        { id: 'key-1', algorithm: 'ES256', state: 'active', keyArn: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } },
        { id: 'key-2', algorithm: 'ES256', state: 'next', keyArn: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } },
      ],
    });
  });
});

test.each([
  ['next', 'how it is added'],
  ['retiring', 'how it is retired'],
] as const)('an algorithm may have a key that is %s alone: %s', (state, _) => {
  const keys: SigningKeyConfig[] = [es256, { id: 'rsa', algorithm: 'RS256', state }];
  expect(synthesize({ keys }).keys.keys).toHaveLength(2);
});

describe('the roles that deploy', () => {
  const deployers = (stack: Stack, props: SigningKeysProps = {}): string[] => {
    new SigningKeys(stack, 'Keys', { publisherCode: inlineCode(), keys: [es256], ...props });
    const change = keyPolicy(Template.fromStack(stack)).find(({ Sid }) => Sid === 'OnlyDeploymentChangesAccess')!;
    return (change.Condition!.ArnNotLike!['aws:PrincipalArn'] as unknown[]).map((arn) => JSON.stringify(arn));
  };
  const stackWith = (synthesizer: IStackSynthesizer, env: Environment = { region: 'eu-west-1' }) =>
    new Stack(testApp(), 'Test', { synthesizer, env });

  test("are the synthesizer's own, with its placeholders filled in", () => {
    const cloudFormationExecutionRole = `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/ours/\${Qualifier}-exec-\${AWS::Region}`;
    const synthesizer = () => new DefaultStackSynthesizer({ qualifier: 'ours', cloudFormationExecutionRole });
    const [, late] = deployers(stackWith(synthesizer()));
    expect(late).toMatch(/"Ref":"AWS::AccountId"\},":role\/ours\/ours-exec-eu-west-1"/);
    expect(late).not.toContain('${');
    const [, known] = deployers(stackWith(synthesizer(), { account: '111122223333', region: 'eu-west-1' }));
    expect(known).toBe('"arn:aws:iam::111122223333:role/ours/ours-exec-eu-west-1"');
  });

  test('are those of the parent, in a nested stack', () => {
    const parent = stackWith(new DefaultStackSynthesizer({ qualifier: 'ours' }), {
      account: '111122223333',
      region: 'eu-west-1',
    });
    const nested = new NestedStack(new NestedStack(parent, 'Outer'), 'Inner');
    expect(deployers(nested).at(-1)).toMatch(/role\/cdk-ours-cfn-exec-role-111122223333-eu-west-1"/);
  });

  test('are those of another bootstrap, by its qualifier', () => {
    const environment = { account: '111122223333', region: 'eu-west-1' };
    const stack = stackWith(new CliCredentialsStackSynthesizer(), environment);
    expect(deployers(stack, { bootstrapQualifier: 'ours' }).slice(1)).toEqual([
      '"arn:aws:iam::111122223333:role/cdk-ours-cfn-exec-role-111122223333-eu-west-1"',
    ]);
  });

  test('are one or the other, and a qualifier is one', () => {
    const both = { bootstrapQualifier: 'ours', deploymentRoleArns: ['arn:aws:iam::111122223333:role/ci'] };
    expect(() => deployers(testStack(), both)).toThrow(/^bootstrapQualifier: excludes deploymentRoleArns/);
    expect(() => deployers(testStack(), { bootstrapQualifier: '*' })).toThrow(
      /^bootstrapQualifier: '\*' is not allowed/,
    );
  });

  test('are the given ones instead', () => {
    const ours = ['arn:aws:iam::111122223333:role/ci/deploy', 'arn:aws:iam::111122223333:role/sso/*/Deployer'];
    const arns = deployers(stackWith(new CliCredentialsStackSynthesizer()), { deploymentRoleArns: ours });
    expect(arns.slice(1)).toEqual(ours.map((arn) => `"${arn}"`));
  });

  test.each<[string, () => IStackSynthesizer]>([
    ['CliCredentialsStackSynthesizer', () => new CliCredentialsStackSynthesizer()],
    ['LegacyStackSynthesizer', () => new LegacyStackSynthesizer()],
  ])('have to be given where %s knows none: else no update could change the key policy', (name, synthesizer) => {
    const message = `deploymentRoleArns: is missing, and the stack's synthesizer '${name}' names no execution role; give the ARNs of the roles that deploy`;
    expect(() => deployers(stackWith(synthesizer()))).toThrow(message);
  });

  test('need not be known for keys that exist already', () => {
    const stack = stackWith(new CliCredentialsStackSynthesizer());
    const key = Key.fromKeyArn(stack, 'Existing', 'arn:aws:kms:eu-west-1:111122223333:key/ours');
    new SigningKeys(stack, 'Keys', { publisherCode: inlineCode(), keys: [{ ...es256, key }] });
  });
});

describe.each(['breakGlassRoleArns', 'deploymentRoleArns'] as const)('%s', (setting) => {
  const given = (arn: string) => () => synthesize({ keys: [es256], [setting]: [arn] });

  test.each([
    'arn:aws:iam::111122223333:role/break-glass',
    'arn:aws-cn:iam::111122223333:role/break-glass',
    'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*',
    'arn:aws:iam::111122223333:role/break-glass-?',
    `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/break-glass`,
  ])('accepts %s', (arn) => {
    expect(given(arn)).not.toThrow();
  });

  test.each([
    '*',
    'break-glass',
    'arn:aws:iam::*:role/break-glass',
    'arn:*:iam::111122223333:role/break-glass',
    'arn:aws:iam::111122223333:role/',
    'arn:aws:iam::111122223333:role/*',
    'arn:aws:iam::111122223333:role/?*',
    'arn:aws:iam::111122223333:role/*/*',
    'arn:aws:iam::111122223333:role*',
    'arn:aws:iam::111122223333:user/me',
    'arn:aws:iam::111122223333:root',
    'arn:aws:sts::111122223333:assumed-role/break-glass/me',
  ])('refuses %s', (arn) => {
    expect(given(arn)).toThrow(
      `${setting}: '${arn}' is not allowed; allowed are ARNs of roles such as 'arn:aws:iam::111122223333:role/break-glass', with wildcards in part of the name only`,
    );
  });
});

test.each<[string, unknown[], RegExp]>([
  ['no keys', [], /^signingKeys: the list is empty/],
  ['no active key', [{ ...es256, state: 'next' }], /no key is active; at least one has to be/],
  [
    'two active keys of one algorithm',
    [es256, { ...es256, id: 'b' }],
    /ES256 has 2 active keys, '2026-11', 'b'; at most one is allowed/,
  ],
  ['an id twice', [es256, { ...es256, state: 'next' }], /key id '2026-11' is used more than once/],
  ['an unknown algorithm', [{ ...es256, algorithm: 'HS256' }], /algorithm 'HS256' .* allowed are 'ES256', 'ES512'/],
  ['an unknown state', [{ ...es256, state: 'old' }], /state 'old' .* allowed are 'next', 'active', 'retiring'/],
  ['a bad id', [{ ...es256, id: 'a b' }], /key id 'a b' is not allowed/],
  [
    'more keys than a function can be told',
    Array.from({ length: 12 }, (_, n) => ({ id: `k${n}`, algorithm: 'ES256', state: n ? 'retiring' : 'active' })),
    /12 keys take about \d+ characters once published; at most 2400 are allowed/,
  ],
])('refuses %s', (_, keys, message) => {
  const props = { keys: keys as SigningKeyConfig[], publisherCode: inlineCode() };
  expect(() => new SigningKeys(testStack(), 'Keys', props)).toThrow(message);
});
