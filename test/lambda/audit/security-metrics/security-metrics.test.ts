import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { metricNamespace, metrics } from '../../../../contract/metrics.ts';
import { getSecurityMetrics } from '../../../../lambda/audit/security-metrics/get-security-metrics.ts';
import { type LocalAws, startAws } from '../../../../local/aws/server.ts';
import { administrator } from '../../../support/accounts.ts';
import { captureLogs } from '../../../support/capture-logs.ts';
import { withCheapPasswords } from '../../../support/cheap-passwords.ts';
import { type Browser, type Stack, signedIn, startStack } from '../../../support/stack.ts';
import { awsConfig } from '../../../support/tables.ts';
import { failFrom, newSource } from '../../limits/lockout/sign-in.ts';

const hour = 3_600_000;
const now = new Date('2026-03-08T12:03:00Z');

/** A log line in the embedded metric format. */
const emf = (name: string, at: Date, value = 1, service = 'gatehouse-test') => ({
  _aws: {
    Timestamp: at.getTime(),
    CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [['service']], Metrics: [{ Name: name }] }],
  },
  service,
  [name]: value,
});

const ago = (hours: number) => new Date(now.getTime() - hours * hour);

describe('getSecurityMetrics', () => {
  let aws: LocalAws;
  let client: CloudWatchClient;
  beforeAll(async () => {
    aws = await startAws();
    client = new CloudWatchClient({ ...awsConfig(aws.endpoint), maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await aws.stop();
  });
  const ask = (period: '24h' | '7d', service: string) =>
    getSecurityMetrics(period, { client, service, now: () => now });

  test('adds up each metric over the period, of its own service only', async () => {
    for (const [index, name] of Object.values(metrics).entries()) {
      aws.onLogLine(emf(name, ago(1), index + 1));
      aws.onLogLine(emf(name, ago(23), index + 1));
      aws.onLogLine(emf(name, ago(100), 1000));
      aws.onLogLine(emf(name, ago(200), 100_000));
      aws.onLogLine(emf(name, ago(1), 5, 'somebody-else'));
    }
    const of = (name: string) => 2 * (Object.values(metrics).indexOf(name as never) + 1);
    const day = await ask('24h', 'gatehouse-test');
    expect(day).toEqual({
      period: '24h',
      from: '2026-03-07T12:00:00.000Z',
      to: now.toISOString(),
      totals: { signIns: of('SignInSucceeded'), signUps: of('SignUp'), tokensIssued: of('TokenIssued') },
      failures: {
        signIns: of('SignInFailed'),
        tokenSigning: of('TokenSigningFailed'),
        rateLimited: of('RateLimited'),
        originRejected: of('OriginRejected'),
        store: of('StoreFailed'),
        mail: of('MailFailed'),
        unexpected: of('UnexpectedError'),
      },
      suspicious: of('SuspiciousActivity'),
      locks: { accountsLocked: of('AccountLocked'), lockedAttempts: of('LockedAttempt') },
    });
    expect((await ask('7d', 'gatehouse-test')).suspicious).toBe(day.suspicious + 1000);
    expect((await ask('24h', 'nobody')).totals.signIns).toBe(0);
  });

  test('follows the pages of an answer, and tells nothing rather than too little', async () => {
    const result = (StatusCode: string) => [{ Id: 'm0', Values: [1, 2], StatusCode }];
    const pages = [
      { MetricDataResults: result('PartialData'), NextToken: 'more' },
      { MetricDataResults: result('Complete') },
    ];
    const answering = (answers: object[]) => ({ send: async () => answers.shift() }) as unknown as CloudWatchClient;
    const { totals } = await getSecurityMetrics('24h', { client: answering(pages), now: () => now });
    expect(totals.signIns).toBe(6);
    const half = answering([{ MetricDataResults: result('InternalError') }]);
    await expect(getSecurityMetrics('24h', { client: half })).rejects.toMatchObject({ code: 'METRICS_INCOMPLETE' });
  });
});

describe('GET /admin/security-metrics', () => {
  let stack: Stack;
  let browser: Browser;
  let admin: Browser;
  beforeAll(async () => {
    stack = await startStack();
    browser = await stack.start(withCheapPasswords());
    admin = browser.another();
    await captureLogs(() => administrator(stack, admin, 'admin@example.com'));
  });
  afterAll(() => stack.stop());
  const path = '/api/auth/admin/security-metrics';

  test('tells an administrator what the function has logged', async () => {
    const email = 'counted@example.com';
    const output = await captureLogs(async () => {
      await signedIn(stack, browser.another(), email);
      await failFrom(browser, email, newSource(), 6);
    });
    for (const line of output.split('\n')) if (line.includes('"_aws"')) stack.onLogLine(JSON.parse(line));
    const { status, json } = await admin.get(path);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      period: '24h',
      totals: { signIns: 1, signUps: 1 },
      failures: { signIns: 6 },
      suspicious: 1,
      locks: { accountsLocked: 1, lockedAttempts: 1 },
    });
    expect((await admin.get(`${path}?period=7d`)).json).toMatchObject({ period: '7d', suspicious: 1 });
  });

  test('is closed to everybody else', async () => {
    expect(await browser.another().get(path)).toMatchObject({ status: 401 });
    const member = browser.another();
    await signedIn(stack, member, 'member@example.com');
    expect(await member.get(path)).toMatchObject({
      status: 403,
      json: { code: 'YOU_ARE_NOT_ALLOWED_TO_READ_METRICS' },
    });
    expect(await admin.send({ path, sourceIp: '203.0.113.9' })).toMatchObject({
      status: 403,
      json: { code: 'ADMIN_NETWORK_REQUIRED' },
    });
    expect(await admin.get(`${path}?period=1y`)).toMatchObject({ status: 400 });
  });

  test('is a 503 while CloudWatch does not answer', async () => {
    const cloudwatch = new CloudWatchClient({ ...awsConfig('http://127.0.0.1:9'), maxAttempts: 1 });
    const cut = await stack.start({ ...withCheapPasswords(), clients: { cloudwatch } });
    for (const [name, value] of admin.jar) cut.jar.set(name, value);
    const answer = await cut.get(path);
    expect(answer).toMatchObject({ status: 503, json: { code: 'METRICS_UNAVAILABLE' } });
    expect(answer.headers.get('retry-after')).toBe('2');
  });
});
