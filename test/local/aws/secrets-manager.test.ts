import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, DescribeKeyCommand, SignCommand } from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type AwsWithClients, startWithClients } from './clients.ts';

let aws: AwsWithClients;
beforeAll(async () => {
  aws = await startWithClients();
});
afterAll(() => aws.stop());

let names = 0;
async function createSecret(SecretString: string): Promise<string> {
  const { ARN } = await aws.secretsManager.send(
    new CreateSecretCommand({ Name: `test/secret-${++names}`, SecretString }),
  );
  return ARN!;
}
const value = async (SecretId: string, VersionStage?: string) =>
  (await aws.secretsManager.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;
const put = (SecretId: string, SecretString: string, VersionStages?: string[]) =>
  aws.secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString, VersionStages }));

test('a secret is read by name, by ARN, and by ARN without its random part', async () => {
  const arn = await createSecret('opensesame');
  expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:test\/secret-\d+-[a-z0-9]{6}$/);
  for (const id of [`test/secret-${names}`, arn, arn.slice(0, -7)]) expect(await value(id)).toBe('opensesame');
});

test('a new value is current, and the one before it stays readable as previous', async () => {
  const arn = await createSecret('one');
  await put(arn, 'two');
  expect([await value(arn), await value(arn, 'AWSPREVIOUS')]).toEqual(['two', 'one']);
  await put(arn, 'three');
  expect([await value(arn), await value(arn, 'AWSPREVIOUS')]).toEqual(['three', 'two']);
});

test('a pending value leaves the current one in place', async () => {
  const arn = await createSecret('one');
  await put(arn, 'two', ['AWSPENDING']);
  expect([await value(arn), await value(arn, 'AWSPENDING')]).toEqual(['one', 'two']);
});

describe('refused, as Secrets Manager refuses', () => {
  test('a secret or a stage that does not exist', async () => {
    const arn = await createSecret('one');
    for (const refused of [value('none'), value('constructor'), value(arn, 'AWSPENDING'), put('none', 'x')]) {
      await expect(refused).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });

  test('a name that exists, a name that is not allowed, no value', async () => {
    await createSecret('one');
    const create = (Name: string, SecretString?: string) =>
      aws.secretsManager.send(new CreateSecretCommand({ Name, SecretString }));
    await expect(create(`test/secret-${names}`, 'x')).rejects.toMatchObject({ name: 'ResourceExistsException' });
    await expect(create('not allowed', 'x')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(create('empty')).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  test('an operation that is not served', async () => {
    const refused = aws.secretsManager.send(new DeleteSecretCommand({ SecretId: 'x' }));
    await expect(refused).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});

describe('state on disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-state-'));
  const stateFile = join(folder, 'aws.json');
  afterEach(() => rmSync(stateFile, { force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('keys and secrets outlive the server, in a file for its owner alone', async () => {
    const first = await startWithClients({ stateFile });
    const { KeyMetadata } = await first.kms.send(
      new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    );
    await first.secretsManager.send(new CreateSecretCommand({ Name: 'kept', SecretString: 'value' }));
    await first.stop();
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);

    const second = await startWithClients({ stateFile });
    const KeyId = KeyMetadata!.Arn;
    await expect(second.kms.send(new DescribeKeyCommand({ KeyId }))).resolves.toMatchObject({
      KeyMetadata: { Arn: KeyId },
    });
    const sign = new SignCommand({ KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: Buffer.from('x') });
    await expect(second.kms.send(sign)).resolves.toHaveProperty('Signature');
    const { SecretString } = await second.secretsManager.send(new GetSecretValueCommand({ SecretId: 'kept' }));
    expect(SecretString).toBe('value');
    await second.stop();
  });

  test('a file that is not state is refused, and left as it is', async () => {
    writeFileSync(stateFile, 'not json');
    await expect(startWithClients({ stateFile })).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
    expect(readFileSync(stateFile, 'utf8')).toBe('not json');
  });
});
