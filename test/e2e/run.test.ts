import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { environment } from '../../contract/environment.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { awsConfig } from '../support/tables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let stack: LocalStack;

beforeAll(async () => {
  stack = await startStack({ port: 0, print: () => {} });
});
afterAll(() => stack.stop());

/** Runs the command as a person does, without a terminal. */
async function testE2e(args: readonly string[], variables: Record<string, string> = {}) {
  const child = spawn('npm', ['run', '--silent', 'test:e2e', '--', ...args], {
    cwd: root,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number, stdout, stderr };
}

/** What a team's own script would do: read a mailbox, print the mail to one address. */
const mailCommand = (url: string) =>
  `node -e "fetch('${url}/local/mail').then((answer) => answer.json()).then((mails) => {
    for (const mail of mails) if (mail.to.includes(process.env.MAIL_TO)) console.log(mail.text);
  })"`;

test('runs the whole suite against a URL, and removes its users', async () => {
  const table = stack.environment[environment.identityTable]!;
  const args = ['--url', stack.url, '--mail-command', mailCommand(stack.url), '--identity-table', table];
  const { code, stdout, stderr } = await testE2e([...args, '--email', 'you@example.org'], {
    AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  expect(stdout).toContain('Users of this run, removed: 4');
  const recipients = new Set(
    stack.mail().flatMap(({ to }) => to.map((address) => address.replace(/-[0-9a-f]{8}-/, '-RUN-'))),
  );
  const people = ['ada', 'alan', 'edsger', 'grace'];
  expect([...recipients].sort()).toEqual(people.map((name) => `you+gatehouse-RUN-${name}@example.org`));
  const client = new DynamoDBClient(awsConfig(stack.dynamodbEndpoint));
  const { Items: left = [] } = await client.send(new ScanCommand({ TableName: table }));
  client.destroy();
  for (const item of left) {
    expect(item).toMatchObject({ pk: { S: expect.stringMatching(/^verification:/) }, ttl: { N: expect.any(String) } });
  }
}, 300_000);

test.each([
  ['a wrong call', ['--url', 'http://auth.example.com'], 2, '--url is'],
  [
    'no stack',
    ['--url', 'http://127.0.0.1:1', '--mail-command', 'true'],
    1,
    'http://127.0.0.1:1/.well-known/openid-conf',
  ],
])('says what is the matter with %s', async (_, args, expected, message) => {
  const { code, stdout, stderr } = await testE2e(args);
  expect([code, stdout]).toEqual([expected, '']);
  expect(stderr).toContain(message);
});

test('refuses a URL under which the stack does not know itself', async () => {
  const other = stack.url.replace('localhost', '127.0.0.1');
  const { code, stderr } = await testE2e(['--url', other, '--mail-command', 'true']);
  expect(code).toBe(2);
  expect(stderr).toContain(`--url is '${other}', but the stack there says that its base URL is '${stack.url}'`);
});
