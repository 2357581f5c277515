import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { alarmNames } from '../../contract/alarm-defaults.ts';
import { metrics } from '../../contract/metrics.ts';
import { auditEvents } from '../../lambda/audit/catalogue.ts';
import { Gatehouse } from '../../lib/index.ts';
import { devConfig, functionCode, resourceOf, resourcesOf, statementsOf, testApp } from '../lib/support.ts';
import { type Browser, type Stack as LocalStack, password, signedIn, startStack } from '../support/stack.ts';

const page = readFileSync('docs/deploy.md', 'utf8');
const [firstAdmin, endSessions, shutOut] = [
  ...page.matchAll(/<!-- The tests run this block.* -->\n\n```sh\n([\s\S]*?)^```/gm),
].map(([, block]) => block!);

const bin = mkdtempSync(join(tmpdir(), 'gatehouse-bin-'));
let local: LocalStack;
let browser: Browser;

beforeAll(async () => {
  const aws = join(bin, 'aws');
  writeFileSync(
    aws,
    `#!/bin/sh\nexec '${process.execPath}' --no-warnings '${resolve('test/docs/aws-cli.mjs')}' "$@"\n`,
  );
  chmodSync(aws, 0o755);
  local = await startStack();
  browser = await local.start();
}, 120_000);

afterAll(async () => {
  await local?.stop();
  rmSync(bin, { recursive: true });
});

function shell(block: string, variables: Record<string, string>): ReturnType<typeof spawnSync> {
  return spawnSync('sh', ['-eu', '-c', block], {
    encoding: 'utf8',
    env: {
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      AWS_ENDPOINT_URL: local.dynamodbEndpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...variables,
    },
  });
}

test('the commands for the first administrator make one, and only of a verified user', async () => {
  await browser.another().post('/api/auth/sign-up/email', {
    name: 'Eve',
    email: 'eve@example.com',
    password: 'correct horse battery staple',
  });
  await signedIn(local, browser, 'ada@example.com');
  const list = '/api/auth/admin/list-users?limit=10';
  expect((await browser.get(list)).status).toBe(403);

  expect(shell(firstAdmin!, { TABLE: 'identity', EMAIL: 'eve@example.com' }).status).not.toBe(0);
  expect(shell(firstAdmin!, { TABLE: 'identity', EMAIL: 'nobody@example.com' }).status).not.toBe(0);
  expect(shell(firstAdmin!, { TABLE: 'identity', EMAIL: 'Ada@example.com' })).toMatchObject({ status: 0, stderr: '' });

  const { status, json } = await browser.get(list);
  expect(status).toBe(200);
  expect(json.users).toHaveLength(2);
  expect(json.users.filter(({ role }: { role: string }) => role === 'admin')).toHaveLength(1);
}, 120_000);

test('the commands after a restore end every session and leave the users', async () => {
  const other = browser.another();
  const user = { email: 'ada@example.com', password: 'correct horse battery staple' };
  await other.post('/api/auth/sign-in/email', user);
  expect((await other.get('/api/auth/get-session')).json).toMatchObject({ user: { email: user.email } });

  expect(shell(endSessions!, { TARGET: 'identity' })).toMatchObject({ status: 0, stderr: '' });

  expect((await other.get('/api/auth/get-session')).json).toBeNull();
  expect((await browser.get('/api/auth/get-session')).json).toBeNull();
  expect((await other.another().post('/api/auth/sign-in/email', user)).status).toBe(200);
}, 120_000);

test('the command after a restore shuts out the administrator whom it names', async () => {
  const other = browser.another();
  const credentials = { email: 'grace@example.com', password };
  await signedIn(local, other, credentials.email);
  const { user } = (await other.get('/api/auth/get-session')).json;
  expect(shell(firstAdmin!, { TABLE: 'identity', EMAIL: credentials.email }).status).toBe(0);
  const signIn = () => other.another().post('/api/auth/sign-in/email', credentials);
  expect((await signIn()).json).toMatchObject({ user: { role: 'admin' } });

  expect(shell(shutOut!, { TARGET: 'identity', USER_ID: 'nobody' }).status).not.toBe(0);
  expect((await signIn()).status).toBe(200);
  expect(shell(shutOut!, { TARGET: 'identity', USER_ID: user.id })).toMatchObject({ status: 0, stderr: '' });
  expect(await signIn()).toMatchObject({ status: 403, json: { code: 'BANNED_USER' } });
}, 120_000);

test('a stack serves a restored table and keeps the old one', () => {
  const stack = new Stack(testApp(), 'Gatehouse-dev', { env: { region: devConfig.region } });
  const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
  new Gatehouse(stack, 'Gatehouse', {
    stage: 'dev',
    mailFrom: 'no-reply@example.com',
    code: functionCode(),
    identityTable: TableV2.fromTableAttributes(stack, 'RestoredTable', {
      tableName: 'Gatehouse-prod-identity-restored',
      encryptionKey: Key.fromKeyArn(stack, 'RestoredTableKey', keyArn),
    }),
  });
  const template = Template.fromStack(stack);
  expect(Object.keys(resourcesOf(template, 'AWS::DynamoDB::GlobalTable'))).toEqual([
    expect.stringContaining('RateLimitTable'),
  ]);
  const auth = resourceOf(template, 'AWS::Lambda::Function', /AuthFunction/).Properties;
  expect(auth.Environment.Variables.GATEHOUSE_IDENTITY_TABLE).toBe('Gatehouse-prod-identity-restored');
  const statements = JSON.stringify(statementsOf(template, /AuthFunction/));
  expect(statements).toContain('table/Gatehouse-prod-identity-restored/index/directory');
  expect(statements).toContain(keyArn);
});

const [, tools, bootstrap, ...sections] = page.split(/^## /m);
const shellOf = (section: string): string =>
  [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block!).join('');
const assigned = (shell: string): string[] => [
  ...[...shell.matchAll(/^(?:export )?([A-Z_]+)=/gm)].map(([, name]) => name!),
  ...[...shell.matchAll(/\bread -r ([A-Z ]+);/g)].flatMap(([, names]) => names!.split(' ')),
];
const forAllSections = assigned(shellOf(`${tools}${bootstrap}`));

test.each(sections.map((section) => [section.split('\n', 1)[0]!, shellOf(section)]))(
  '%s: no command takes a variable from another section, which may be about another stack',
  (_, shell) => {
    const unset = [...shell.matchAll(/\$\{?([A-Z_]+)\b/g)].filter(
      ({ 1: name, index }) => ![...forAllSections, ...assigned(shell.slice(0, index))].includes(name!),
    );
    expect(unset.map(([use]) => use)).toEqual([]);
  },
);

test('what a restore looks for in the audit log is what the log says of a change that was made', () => {
  expect(page).toContain("'{ ($.audit.class_uid = 3001) && ($.audit.status_id = 1) }'");
  const found = Object.entries(auditEvents).filter(([, { classUid, success }]) => classUid === 3001 && success);
  expect(found.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      ...['admin_action', 'account_changed', 'password_reset', 'password_changed'],
      ...['second_factor_enabled', 'second_factor_disabled', 'email_verified', 'sign_up'],
    ]),
  );
});

const rowsOf = (heading: string): string[] => {
  const [, table = ''] = page.split(new RegExp(`^\\| ${heading} +\\|.*$`, 'm'));
  return [...table.split('\n\n')[0]!.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!);
};

test('what to watch names every metric and every alarm there is, and no other', () => {
  expect(rowsOf('metric').sort()).toEqual(Object.values(metrics).sort());
  expect(rowsOf('alarm').sort()).toEqual([...alarmNames, 'UnderAttack'].sort());
});
