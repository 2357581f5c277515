import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { keyResources } from '../../../contract/signing.ts';
import { type AwsWithClients, startWithClients } from '../../local/aws/clients.ts';
import { captureLogs } from '../../support/capture-logs.ts';

let aws: AwsWithClients;
let cloudFormation: Server;
let responseUrl: string;
let status = 200;
let answers: Record<string, unknown>[] = [];
let handler: (event: CloudFormationCustomResourceEvent) => Promise<void>;

beforeAll(async () => {
  aws = await startWithClients();
  cloudFormation = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answers.push({ method: request.method, ...JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => cloudFormation.listen(0, '127.0.0.1', resolve));
  responseUrl = `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}/response`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_KMS: aws.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  ({ handler } = await import('../../../lambda/key-publisher/handler.ts'));
});

afterAll(async () => {
  await aws.stop();
  await new Promise((resolve) => cloudFormation.close(resolve));
});

const event = (keys: object[], more: object = {}) =>
  ({
    RequestType: 'Create',
    ServiceToken: 'arn',
    ResponseURL: responseUrl,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Keys',
    ResourceType: 'Custom::GatehousePublishedKeys',
    ResourceProperties: { ServiceToken: 'arn', Keys: keys },
    ...more,
  }) as CloudFormationCustomResourceEvent;

async function answerTo(input: CloudFormationCustomResourceEvent) {
  answers = [];
  await captureLogs(() => handler(input));
  expect(answers).toHaveLength(1);
  return answers[0]!;
}

test('answers CloudFormation with the published keys, and what it refuses with the reason and the old physical id', async () => {
  const created = await aws.kms.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
  const key = { id: 'a', algorithm: 'ES256', state: 'active', keyArn: created.KeyMetadata!.Arn! };
  const success = await answerTo(event([key]));
  expect(success).toMatchObject({ method: 'PUT', Status: 'SUCCESS', StackId: 'stack', RequestId: 'request' });
  expect(JSON.parse((success.Data as { PublishedKeys: string }).PublishedKeys)).toMatchObject([key]);

  const PhysicalResourceId = success.PhysicalResourceId as string;
  const second = { ...key, id: 'b' };
  const refused = await answerTo(
    event([{ ...key, state: 'retiring' }, second], { RequestType: 'Update', PhysicalResourceId }),
  );
  expect(refused).toMatchObject({ Status: 'FAILED', PhysicalResourceId });
  expect(refused.Reason).toContain("RotationRefused: key 'b' cannot be active");

  await aws.kms.send(new DisableKeyCommand({ KeyId: key.keyArn }));
  const disabled = await answerTo(event([key]));
  expect(disabled).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'Keys' });
});

test('answers the resource of the edge with the documents of what was published', async () => {
  const created = await aws.kms.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
  const key = { id: 'a', algorithm: 'ES256', state: 'active', keyArn: created.KeyMetadata!.Arn! };
  const { Data } = await answerTo(event([key]));
  const answer = await answerTo(
    event([], {
      ResourceType: keyResources.edgeAnswers,
      ResourceProperties: {
        ServiceToken: 'arn',
        PublishedKeys: (Data as { PublishedKeys: string }).PublishedKeys,
        Issuer: 'https://auth.example.com',
        JwksUri: 'https://keys.example.com/.well-known/jwks.json',
      },
    }),
  );
  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'Keys' });
  expect(JSON.parse((answer.Data as { EdgeAnswers: string }).EdgeAnswers)).toMatchObject({
    documents: { '/.well-known/jwks.json': { document: { keys: [{ alg: 'ES256' }] } } },
  });
});

test('throws when CloudFormation does not take the answer, so that Lambda tries again', async () => {
  status = 503;
  answers = [];
  await expect(handler(event([], { RequestType: 'Delete', PhysicalResourceId: 'x' }))).rejects.toThrow(/status 503/);
  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'x' }]);
  status = 200;
});
