import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { environment } from '../../contract/environment.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { eventually } from '../local/processes.ts';
import { awsConfig } from '../support/tables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let stack: LocalStack;

beforeAll(async () => {
  stack = await startStack({ port: 0, print: () => {} });
});
afterAll(() => stack.stop());

/** Runs the command as a person does, without a terminal; in a process group of its own, as a shell would. */
function startE2e(args: readonly string[], variables: Record<string, string> = {}) {
  const child = spawn('npm', ['run', '--silent', 'test:e2e', '--', ...args], {
    cwd: root,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = async () => {
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { code: code as number, stdout, stderr };
  };
  return { group: child.pid!, ended: ended() };
}

const testE2e = (...args: Parameters<typeof startE2e>) => startE2e(...args).ended;

/** What a team's own script would do: read a mailbox, print the mail to one address. */
const mailCommand = (url: string) =>
  `node -e "fetch('${url}/local/mail').then((answer) => answer.json()).then((mails) => {
    for (const mail of mails) if (mail.to.includes(process.env.MAIL_TO)) console.log(mail.text);
  })"`;

const identityTable = () => stack.environment[environment.identityTable]!;

/** A run that removes the users of its mailbox. */
const runWithTable = (email: string) => {
  const args = ['--url', stack.url, '--mail-command', mailCommand(stack.url), '--identity-table', identityTable()];
  return startE2e([...args, '--email', email], {
    AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
};

async function rows() {
  const client = new DynamoDBClient(awsConfig(stack.dynamodbEndpoint));
  const { Items = [] } = await client.send(new ScanCommand({ TableName: identityTable() }));
  client.destroy();
  return Items;
}

test('runs the whole suite against a URL, and removes its users', async () => {
  const { code, stdout, stderr } = await runWithTable('you@example.org').ended;
  expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  expect(stdout).toContain('Users of this run, removed: 4');
  const addresses = stack.mail().flatMap(({ to }) => to.filter((address) => address.startsWith('you+')));
  const recipients = new Set(addresses.map((address) => address.replace(/-[0-9a-f]{8}-/, '-RUN-')));
  const people = ['ada', 'alan', 'edsger', 'grace'];
  expect([...recipients].sort()).toEqual(people.map((name) => `you+gatehouse-RUN-${name}@example.org`));
  for (const item of await rows()) {
    expect(item).toMatchObject({ pk: { S: expect.stringMatching(/^verification:/) }, ttl: { N: expect.any(String) } });
  }
}, 300_000);

test('after Ctrl-C, too, it removes the users that it has', async () => {
  const run = runWithTable('interrupted@example.org');
  const ada = /^interrupted\+gatehouse-[0-9a-f]{8}-ada@example\.org$/;
  const mailed = () => stack.mail().some(({ to }) => to.some((address) => ada.test(address)));
  await Promise.race([eventually(mailed, 240_000), run.ended]);
  expect(mailed()).toBe(true);
  expect(JSON.stringify(await rows())).toMatch(/interrupted\+gatehouse-[0-9a-f]{8}-ada@/);
  // As the terminal does: to all of the group.
  process.kill(-run.group, 'SIGINT');
  const { code, stdout, stderr } = await run.ended;
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/^Users of this run, removed: [1-4]$/m);
  expect(JSON.stringify(await rows())).not.toMatch(/interrupted\+gatehouse-[0-9a-f]{8}-ada@/);
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
