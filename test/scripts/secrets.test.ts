import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseSecret } from '../../lambda/secrets/secret-versions.ts';
import { startAws } from '../../local/aws/server.ts';
import { runSecrets } from '../../scripts/secrets/run-secrets.ts';
import { awsConfig } from '../support/tables.ts';

let aws: Awaited<ReturnType<typeof startAws>>;
let client: SecretsManagerClient;
beforeAll(async () => {
  aws = await startAws();
  client = new SecretsManagerClient(awsConfig(aws.endpoint));
});
afterAll(async () => {
  client.destroy();
  await aws.stop();
});

const plainText = 'canary-secret-0123456789-0123456789-0123456789';
const now = new Date('2026-01-01T00:00:00Z');

let secrets = 0;
async function newSecret(SecretString = plainText): Promise<string> {
  const Name = `auth-${++secrets}`;
  await client.send(new CreateSecretCommand({ Name, SecretString }));
  return Name;
}

/** `npm run secrets -- …` */
async function run(line: string, secret?: string) {
  const out: string[] = [];
  const errors: string[] = [];
  const where = secret ? ['--secret', secret] : [];
  const argv = [...line.split(' '), ...where, '--endpoint', aws.endpoint];
  const code = await runSecrets(argv, {
    now,
    print: (text) => out.push(text),
    printError: (text) => errors.push(text),
  });
  return { code, out, error: errors.join('\n') };
}

const stored = async (SecretId: string) =>
  parseSecret((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '');

describe('rotate', () => {
  test('puts a version in front of the plain text that the stack generated, and shows no value', async () => {
    const secret = await newSecret();
    const { code, out } = await run('rotate', secret);
    const [next, first, ...others] = await stored(secret);
    expect({ code, others }).toEqual({ code: 0, others: [] });
    expect(first).toMatchObject({ version: 1, value: plainText });
    expect(next).toMatchObject({ version: 2, value: expect.stringMatching(/^[\w-]{64}$/), created: now });
    expect(out).toEqual([
      'version 2  made 2026-01-01T00:00:00Z, in use from 2026-01-01T00:15:00Z',
      'version 1  made with the stack',
    ]);
    expect((await run('show', secret)).out).toEqual(out);
  });

  test('keeps all former versions, which decrypt', async () => {
    const secret = await newSecret();
    await run('rotate', secret);
    await run('rotate', secret);
    expect((await stored(secret)).map(({ version }) => version)).toEqual([3, 2, 1]);
  });

  test('marks them when they have leaked', async () => {
    const secret = await newSecret();
    expect((await run('rotate --leaked', secret)).out[1]).toMatch(/version 1 .*LEAKED/);
    expect((await stored(secret)).map(({ distrusted }) => distrusted)).toEqual([undefined, true]);
  });

  test('of two at the same moment changes one; the other is told', async () => {
    const secret = await newSecret();
    const both = await Promise.all([run('rotate', secret), run('rotate', secret)]);
    const conflicts = both.filter(({ error }) => error.startsWith('CONFLICT'));
    // One may have come after the other, on what that left.
    expect((await stored(secret)).map(({ version }) => version)).toEqual(conflicts.length === 1 ? [2, 1] : [3, 2, 1]);
    expect(conflicts.every(({ code }) => code === 1)).toBe(true);
  });
});

test.each([
  ['SECRET_UNKNOWN', async () => 'nothing'],
  ['SECRET_INVALID', () => newSecret('[{"version":1,"value":"too short canary"}]')],
])('%s is said, and no value shown', async (code, secret) => {
  const { error, ...result } = await run('rotate', await secret());
  expect(result).toEqual({ code: 1, out: [] });
  expect(error).toMatch(new RegExp(`^${code}: `));
  expect(error).not.toContain('canary');
});

test.each(['', 'list', 'rotate twice', 'show --leaked', 'rotate --what'])('`%s` is a wrong call', async (line) => {
  expect(await run(line, 'auth')).toMatchObject({ code: 2, error: expect.stringContaining('npm run secrets --') });
  expect(await run('rotate')).toMatchObject({ code: 2, error: expect.stringContaining('--secret is missing') });
});
