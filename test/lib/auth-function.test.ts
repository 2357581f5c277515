import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { environment } from '../../contract/environment.ts';
import { actionsOf, resourceOf, resourcesOf, statementsOf, templateOf } from './support.ts';

const template = templateOf('prod');
const frontSecret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:front-AbCdEf';
const authFunction = (from: Template) => resourceOf(from, 'AWS::Lambda::Function', /AuthFunction/);
const statements = statementsOf(template, /AuthFunction/);

/** The statement that allows `action` on a resource whose reference matches. */
const allows = (action: string, resource: RegExp) =>
  statements.find(
    ({ Action, Resource }) => [Action].flat().includes(action) && resource.test(JSON.stringify(Resource)),
  );

describe('the role', () => {
  test('may do this and no more; no Scan, anywhere', () => {
    expect([...new Set(actionsOf(statements))].sort()).toEqual([
      'cloudwatch:GetMetricData',
      'dynamodb:BatchGetItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
      'kms:Sign',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'sqs:SendMessage',
    ]);
  });

  test('has no wildcard but where AWS knows no resource: in reading metrics', () => {
    const wide = statements.filter((statement) => JSON.stringify(statement).includes('*'));
    expect(wide).toEqual([{ Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*' }]);
  });

  test('queries the directory, and has no other access to an index', () => {
    const onIndexes = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('/index/'));
    expect(onIndexes).toHaveLength(1);
    expect(onIndexes[0]!.Action).toBe('dynamodb:Query');
    expect(JSON.stringify(onIndexes[0]!.Resource)).toContain('/index/directory');
  });

  test('counts and reads rows in the rate-limit table, and has no other way to read or change it', () => {
    const onTable = statements.filter(
      ({ Action, Resource }) => /dynamodb:/.test(String(Action)) && /RateLimitTable/.test(JSON.stringify(Resource)),
    );
    expect(actionsOf(onTable)).toEqual(['dynamodb:GetItem', 'dynamodb:UpdateItem']);
  });

  test('signs with KMS under conditions, and uses data keys through their services only', () => {
    expect(allows('kms:Sign', /SigningKeys/)!.Condition).toEqual({
      StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'DIGEST' },
    });
    for (const { Action, Condition } of statements) {
      if ([Action].flat().includes('kms:Decrypt'))
        expect(Object.keys(Condition!.StringEquals!)).toEqual(['kms:ViaService']);
    }
  });

  test('reads the secret of a front, where there is one', () => {
    const ofFront = statementsOf(
      templateOf('prod', { clientAddress: { from: 'cloudfront', originSecretArn: frontSecret } }),
      /AuthFunction/,
    ).filter(({ Resource }) => JSON.stringify(Resource).includes('front-'));
    expect(actionsOf(ofFront)).toEqual(['secretsmanager:GetSecretValue']);
    expect([ofFront[0]!.Resource].flat()).toContain(frontSecret);
  });

  test('is one of ours: no managed policies on any function, the rollout or the archive', () => {
    const roles = Object.entries(resourcesOf(template, 'AWS::IAM::Role')).filter(
      ([id]) => !id.includes('CloudWatchRole'),
    );
    expect(roles).toHaveLength(6);
    for (const [, role] of roles) expect(role.Properties.ManagedPolicyArns).toBeUndefined();
  });
});

describe('the function', () => {
  test('runs Node 24 on arm64 with JSON logs into the audit trail', () => {
    expect(authFunction(template).Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 1769,
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        LogGroup: { Ref: expect.stringMatching(/AuditTrail/) },
      },
    });
  });

  test('reads the client secrets of providers, where there are any, and a deployment does not write them again', () => {
    const withSecrets = templateOf('prod', { providerSecrets: true });
    expect(resourceOf(withSecrets, 'AWS::SecretsManager::Secret', /ProviderSecrets/)).toMatchObject({
      Properties: { SecretString: '{}' },
      UpdateReplacePolicy: 'Retain',
    });
    const readers = statementsOf(withSecrets, /AuthFunction/).filter(({ Resource }) =>
      JSON.stringify(Resource).includes('ProviderSecrets'),
    );
    expect(actionsOf(readers)).toEqual(['secretsmanager:GetSecretValue']);
    expect(JSON.stringify(template.toJSON())).not.toContain('ProviderSecrets');
  });

  test('reads the pepper, where there is one, which is generated and outlives the stack', () => {
    const template = templateOf('prod', { pepper: true });
    const [id, secret] = Object.entries(template.findResources('AWS::SecretsManager::Secret')).find(([name]) =>
      name.includes('Pepper'),
    )!;
    expect(secret).toMatchObject({
      // To the letter: another one would be generated, and every password lost.
      Properties: {
        GenerateSecretString: {
          SecretStringTemplate: '{}',
          GenerateStringKey: '1',
          PasswordLength: 64,
          ExcludePunctuation: true,
        },
        KmsKeyId: expect.anything(),
      },
      DeletionPolicy: expect.stringMatching(/^Retain/),
      UpdateReplacePolicy: 'Retain',
    });
    const readers = statementsOf(template, /AuthFunction/).filter(({ Resource }) =>
      JSON.stringify(Resource).includes(id),
    );
    expect(actionsOf(readers)).toEqual(['secretsmanager:GetSecretValue']);
    expect(JSON.stringify(templateOf('prod').toJSON())).not.toContain('Pepper');
  });

  test('gets every variable that it needs, and no secret', () => {
    const variables = authFunction(
      templateOf('prod', {
        tokenAudience: 'https://api.example.com',
        providerSecrets: true,
        pepper: true,
        tokenAlgorithms: { 'https://legacy.example.com': 'ES256' },
        clientAddress: { from: 'cloudflare', originSecretArn: frontSecret },
        keySetDistribution: {
          name: 'keys.example.com',
          certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/11111111',
        },
      }),
    ).Properties.Environment.Variables;
    const { mailFrom, mailConfigurationSet, productName, authorizer } = environment;
    const ofOthers: string[] = [mailFrom, mailConfigurationSet, productName, authorizer];
    const expected = Object.values(environment).filter((name) => !ofOthers.includes(name));
    expect(Object.keys(variables).sort()).toEqual([...expected, 'NODE_ENV', 'POWERTOOLS_SERVICE_NAME'].sort());
    expect(variables).toMatchObject({
      [environment.stage]: 'prod',
      [environment.baseUrl]: 'https://auth.example.com',
      [environment.jwksUri]: 'https://keys.example.com/.well-known/jwks.json',
      [environment.tokenAudience]: 'https://api.example.com',
      [environment.audienceAlgorithms]: '{"https://legacy.example.com":"ES256"}',
      [environment.trustedOrigins]: '["https://app.example.com"]',
      [environment.adminNetworks]: '["192.0.2.0/24","2001:db8::/32"]',
      [environment.clientAddress]: JSON.stringify({ from: 'cloudflare', originSecretArn: frontSecret }),
      [environment.secretArn]: { Ref: expect.stringMatching(/Secrets/) },
      [environment.providerSecretsArn]: { Ref: expect.stringMatching(/ProviderSecrets/) },
      [environment.pepperSecretArn]: { Ref: expect.stringMatching(/Pepper/) },
      [environment.signingKeys]: { 'Fn::GetAtt': [expect.stringMatching(/Publisher/), 'PublishedKeys'] },
      NODE_ENV: 'production',
    });
  });

  test('on the execute-api host its base URL has the stage, and closes no cycle over the deployed stage', () => {
    const url = JSON.stringify(authFunction(templateOf('dev')).Properties.Environment.Variables[environment.baseUrl]);
    expect(url).toMatch(/"https:\/\/",\{"Ref":"GatehouseApi[0-9A-F]{8}"\},"\.execute-api\.eu-west-1\.".*"\/dev"/);
    expect(url).not.toContain('Stage');
  });

  test('gets a new version when a key moves on in the rotation, since a version never sees a new environment', () => {
    const version = (state: 'next' | 'retiring') =>
      Object.keys(
        resourcesOf(
          templateOf('dev', {
            signingKeys: [
              { id: 'a', algorithm: 'ES256', state: 'active' },
              { id: 'b', algorithm: 'ES256', state },
            ],
          }),
          'AWS::Lambda::Version',
        ),
      );
    expect(version('next')).not.toEqual(version('retiring'));
  });

  test('is served through the alias', () => {
    const alias = resourceOf(template, 'AWS::Lambda::Alias');
    expect(alias.Properties.Name).toBe('live');
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::ApiGateway::Method'))) {
      expect(JSON.stringify(Properties.Integration.Uri)).toContain('Aliaslive');
    }
  });
});
