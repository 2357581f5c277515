import { readFileSync } from 'node:fs';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { admin as adminPlugin } from 'better-auth/plugins';
import { dynamodbAdapter } from '../../../lambda/identity/index.ts';
import { investigationQueries } from '../../../lib/audit-trail/investigation-queries.ts';
import { captureLogs } from '../../support/capture-logs.ts';
import type { Row } from '../../support/insights/expression.ts';
import { runQuery } from '../../support/insights/run-query.ts';
import { type Browser, frozenClock, password, type Stack, signedIn, startStack } from '../../support/stack.ts';

interface Line {
  readonly audit?: {
    readonly event: string;
    readonly user: { uid?: string; email_hash?: string };
    readonly metadata: { uid: string };
  };
}

let stack: Stack;
let lines: Line[];
let ada: Browser;
let thief: Browser;
let guesser: Browser;
let stubborn: Browser;
let adaId: string;
let adminId: string;
let sessionId: string;

const email = 'ada@example.com';
const signIn = (browser: Browser, given = password) =>
  browser.post('/api/auth/sign-in/email', { email, password: given });

beforeAll(async () => {
  stack = await startStack();
  const output = await captureLogs(story);
  lines = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}, 60_000);
afterAll(() => stack.stop());

/** What happened, before anybody looks at the log. */
async function story(): Promise<void> {
  const now = frozenClock();
  ada = await stack.start({ now });
  [thief, guesser, stubborn] = [ada.another(), ada.another(), ada.another()];
  const { user } = (await signedIn(stack, ada, email)).json;
  adaId = user.id;
  await ada.post('/api/auth/change-password', { currentPassword: password, newPassword: `${password} 2` });
  sessionId = (await ada.get('/api/auth/get-session')).json.session.id;
  await ada.get('/api/auth/token', { 'User-Agent': 'Firefox' });

  for (const [name, value] of ada.jar) thief.jar.set(name, value);
  await thief.get('/api/auth/token', { 'User-Agent': 'curl' });

  for (let attempt = 0; attempt < 4; attempt++) await signIn(guesser, 'wrong password here');
  await signIn(guesser, `${password} 2`);
  for (let attempt = 0; attempt < 6; attempt++) await signIn(stubborn, 'wrong password here');

  const office = ada.another();
  adminId = (await signedIn(stack, office, 'admin@example.com')).json.user.id;
  const adapter = dynamodbAdapter({ client: stack.clients.dynamodb, tableName: 'identity' })({
    plugins: [adminPlugin()],
  });
  await adapter.update({ model: 'user', where: [{ field: 'id', value: adminId }], update: { role: 'admin' } });
  await office.post('/api/auth/admin/set-role', { userId: adaId, role: 'user' });
  await office.post('/api/auth/admin/impersonate-user', { userId: adaId });
  await office.get('/api/auth/token');
  await office.post('/api/auth/admin/stop-impersonating');

  const kms = new KMSClient({ endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', maxAttempts: 1 });
  const withoutKms = await stack.start({ now, clients: { kms } });
  for (const [name, value] of office.jar) withoutKms.jar.set(name, value);
  await withoutKms.get('/api/auth/token');
  kms.destroy();
}

const placeholders = (query: string): string[] => [...query.matchAll(/'([A-Z_]+)'/g)].map(([, name]) => name!);
const hashOf = (userId: string) =>
  lines.find(({ audit }) => audit?.user.uid === userId && audit.user.email_hash)!.audit!.user.email_hash!;

/** Runs a saved query with what an investigator would put in. */
function ask(id: keyof typeof investigationQueries): Row[] {
  const given: Record<string, string> = {
    USER_ID: adaId,
    EMAIL_HASH: hashOf(adaId),
    IP_ADDRESS: guesser.sourceIp,
    SESSION_ID: sessionId,
    REQUEST_ID: lines.find(({ audit }) => audit?.event === 'token_signing_failed')!.audit!.metadata.uid,
  };
  const query = investigationQueries[id].query.replaceAll(/'([A-Z_]+)'/g, (_, name: string) => {
    if (!given[name]) throw new Error(`${id}: nothing to put in for ${name}`);
    return `'${given[name]}'`;
  });
  return runQuery(query, lines);
}

const events = (rows: readonly Row[]): unknown[] => rows.map((row) => row['audit.event']);
const only = (rows: readonly Row[], field: string): unknown[] => [...new Set(rows.map((row) => row[field]))];

/** What each query has to find in the story; the compiler asks about a new one. */
const findings: Record<keyof typeof investigationQueries, (rows: Row[]) => void> = {
  AllOfAUser: (rows) => {
    expect(events(rows)).toEqual(
      expect.arrayContaining(['sign_in', 'token_issued', 'password_changed', 'admin_action']),
    );
  },
  AllOfAnAddress: (rows) => {
    expect(events(rows).filter((event) => event === 'sign_in_failed').length).toBeGreaterThanOrEqual(4);
    expect(only(rows, 'audit.user.email_hash')).toHaveLength(1);
  },
  AllOfASource: (rows) => {
    expect(rows).toHaveLength(5);
    expect(only(rows, 'audit.src_endpoint.ip')).toEqual([guesser.sourceIp]);
  },
  AllOfASession: (rows) => {
    expect(only(rows, 'audit.src_endpoint.ip').sort()).toEqual([ada.sourceIp, thief.sourceIp].sort());
    expect(events(rows)).toEqual(expect.arrayContaining(['token_issued', 'token_issued']));
    expect(only(rows, 'audit.http_request.user_agent')).toEqual(expect.arrayContaining(['Firefox', 'curl']));
  },
  ARequest: (rows) => {
    expect(rows.length).toBeGreaterThan(0);
    expect(String(rows[0]!['@message'])).toContain('token_signing_failed');
  },
  FailuresBySource: ([first]) => {
    expect(first).toMatchObject({ 'audit.src_endpoint.ip': stubborn.sourceIp, failures: 6, addresses: 1 });
  },
  FailuresByAccount: ([first]) => {
    expect(first).toMatchObject({ 'audit.user.email_hash': hashOf(adaId), failures: 10, sources: 2 });
  },
  SuccessAfterFailures: (rows) => {
    expect(rows).toEqual([{ 'audit.src_endpoint.ip': guesser.sourceIp, failures: 4, successes: 1 }]);
  },
  OutcomesOverTime: (rows) => {
    expect(rows).toMatchObject([{ successes: 3, failures: 10 }]);
  },
  Locks: (rows) => {
    expect(events(rows)).toEqual(expect.arrayContaining(['account_locked', 'locked_attempt']));
    expect(only(rows, 'audit.src_endpoint.ip')).toEqual([stubborn.sourceIp]);
  },
  Administration: (rows) => {
    expect(events(rows)).toEqual(
      expect.arrayContaining(['admin_action', 'impersonation_started', 'impersonation_ended']),
    );
    expect(only(rows, 'audit.actor.user.uid')).toEqual([adminId]);
    expect(only(rows, 'audit.user.uid')).toContain(adaId);
  },
  Impersonations: (rows) => {
    expect(events(rows).sort()).toEqual(['impersonation_ended', 'token_issued']);
    expect(rows[0]).toMatchObject({ 'audit.actor.user.uid': adminId, 'audit.user.uid': adaId });
  },
  CredentialChanges: (rows) => {
    expect(events(rows)).toEqual(['password_changed']);
  },
  TokensByUser: (rows) => {
    expect(rows[0]).toMatchObject({ 'audit.user.uid': adaId, tokens: 3, sources: 3 });
  },
  SessionsOnTheMove: (rows) => {
    expect(rows).toContainEqual(expect.objectContaining({ 'audit.session.uid': sessionId, sources: 2, browsers: 2 }));
  },
  Errors: (rows) => {
    expect(rows).toMatchObject([{ 'audit.event': 'token_signing_failed', times: 1 }]);
  },
  Suspicious: (rows) => {
    expect(events(rows)).toEqual(expect.arrayContaining(['impersonation_started', 'token_signing_failed']));
    expect(events(rows)).not.toContain('sign_in');
  },
  Refusals: (rows) => {
    expect(rows[0]).toMatchObject({
      'audit.event': 'sign_in_failed',
      'audit.status_code': 'INVALID_EMAIL_OR_PASSWORD',
    });
  },
};

test.each(Object.keys(findings) as (keyof typeof findings)[])('%s finds it', (id) => {
  findings[id](ask(id));
});

test('titles are folders and questions, each once', () => {
  const titles = Object.values(investigationQueries).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  for (const title of titles) expect(title).toMatch(/^[A-Z][\w-]+: \S/);
});

test('the page lists them, with what is to be replaced', () => {
  const rows = [...readFileSync('docs/audit-trail.md', 'utf8').matchAll(/^\| ([A-Z][\w-]+: .+?) +\| (.*?) *\|$/gm)];
  expect(rows.map(([, title, replaced]) => [title, replaced])).toEqual(
    Object.values(investigationQueries).map(({ title, query }) => [
      title,
      [...new Set(placeholders(query))].map((name) => `\`${name}\``).join(', '),
    ]),
  );
});

test('a query over a field that no line has is an error, not an empty answer', () => {
  expect(() => runQuery("filter audit.user.mail = 'x'", lines)).toThrow("no line has the field 'audit.user.mail'");
});
