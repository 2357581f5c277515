import assert from 'node:assert/strict';
import { startAws } from '../../../local/aws/server.ts';
import { startDynamoDb } from '../../../local/dynamodb.ts';
import { run } from '../run.ts';
import type { Assembly, Resource } from './assembly.ts';
import type { ExampleCheck } from './check-examples.ts';

/** The function may do with the table what the adapter needs, and no more; its bundle signs people up and in on a DynamoDB. */
export const identityOnly: ExampleCheck = {
  formats: ['esm', 'cjs'],
  async expectations(assembly) {
    const table = assembly.resource('Identity', 'AWS::DynamoDB::GlobalTable');
    const handler = assembly.resource('Identity', 'AWS::Lambda::Function');
    const { TABLE, SECRET } = handler.Properties.Environment.Variables;
    assert.equal(assembly.target(TABLE), table.id);
    assert.equal(assembly.target(SECRET), assembly.resource('Identity', 'AWS::SecretsManager::Secret').id);
    const policy = JSON.stringify(assembly.resource('Identity', 'AWS::IAM::Policy').Properties);
    assert.match(policy, /"dynamodb:Query"/);
    assert.doesNotMatch(policy, /dynamodb:(Scan|\*)/);
    assert.equal(await drive(assembly, handler), '200 200 ada@example.com 198.51.100.7 401');
  },
};

/** Signs up, looks at the session and tries a wrong password, through the function's own bundle. */
async function drive(assembly: Assembly, handler: Resource): Promise<string> {
  const [dynamodb, aws] = await Promise.all([startDynamoDb(), startAws()]);
  try {
    const environment = {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      TABLE: 'identity',
      SECRET: 'auth',
      BASE_URL: 'https://auth.example.com',
      BUNDLE: assembly.entryOf(handler),
    };
    const args = ['--input-type=module', '--eval', requests];
    return (await run(process.execPath, args, { cwd: assembly.app, environment })).trim();
  } finally {
    await Promise.all([dynamodb.stop(), aws.stop()]);
  }
}

const requests = `
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { identityTable } from 'cdk-gatehouse/identity';
await new DynamoDBClient({}).send(new CreateTableCommand(identityTable(process.env.TABLE)));
const SecretString = 'a secret of the tests, of 32 characters or more';
await new SecretsManagerClient({}).send(new CreateSecretCommand({ Name: process.env.SECRET, SecretString }));
const { handler } = await import(process.env.BUNDLE);
const send = (httpMethod, path, body, cookie) => handler({
  httpMethod, path, isBase64Encoded: false, multiValueQueryStringParameters: null, body: body ? JSON.stringify(body) : null,
  requestContext: { identity: { sourceIp: '198.51.100.7' } },
  multiValueHeaders: { 'content-type': ['application/json'], 'x-forwarded-for': ['203.0.113.9'], ...(cookie && { cookie: [cookie] }) },
});
const ada = { email: 'ada@example.com', password: 'correct horse battery staple' };
const signUp = await send('POST', '/api/auth/sign-up/email', { name: 'Ada', ...ada });
const cookie = signUp.multiValueHeaders['set-cookie'].map((line) => line.split(';')[0]).join('; ');
const session = await send('GET', '/api/auth/get-session', undefined, cookie);
const wrong = await send('POST', '/api/auth/sign-in/email', { ...ada, password: 'another one, of no use' });
const { user, session: { ipAddress } } = JSON.parse(session.body);
console.log(signUp.statusCode, session.statusCode, user.email, ipAddress, wrong.statusCode);
`;
