import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { metricNamespace, metrics } from '../../contract/metrics.ts';
import { type LocalAws, startAws } from '../../local/aws/server.ts';
import { runReport } from '../../scripts/report/run-report.ts';

const now = new Date('2026-03-08T12:03:00Z');
const events = [
  ['203.0.113.9', 2, 1],
  ['203.0.113.9', 2, 2],
  ['198.51.100.4', 2, 3],
  ['198.51.100.4', 1, 3],
  // Before the period.
  ['192.0.2.1', 2, 30],
].map(([ip, status_id, hours]) => ({
  time: now.getTime() - Number(hours) * 3_600_000,
  status_id,
  src_endpoint: { ip },
}));

let aws: LocalAws;
let page: Server;
let url: string;
beforeAll(async () => {
  const auditLog = { name: 'audit', events: () => [...events], write: () => {} };
  aws = await startAws({ auditLog });
  for (const [name, count] of [
    [metrics.signInSucceeded, 41],
    [metrics.signInFailed, 7],
    [metrics.suspiciousActivity, 3],
    [metrics.accountLocked, 2],
  ] as const) {
    aws.onLogLine({
      _aws: {
        Timestamp: now.getTime() - 60_000,
        CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [['service']], Metrics: [{ Name: name }] }],
      },
      service: 'gatehouse-local',
      [name]: count,
    });
  }
  // What npm start shows at its root.
  const resources = { identityTable: 'i', rateLimitTable: 'r', authSecret: 's', auditLogGroup: 'audit' };
  page = createServer((_, response) => {
    response.end(JSON.stringify({ aws: aws.endpoint, dynamodb: aws.endpoint, resources }));
  });
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
});
afterAll(async () => {
  page.closeAllConnections();
  page.close();
  await aws.stop();
});

async function report(...argv: string[]) {
  const [printed, errors]: string[][] = [[], []];
  const code = await runReport(argv, {
    now: () => now,
    print: (text) => printed!.push(text),
    printError: (text) => errors!.push(text),
  });
  return { code, printed: printed!.join('\n'), errors: errors!.join('\n') };
}

test('prints what the local stack counted and where failures came from', async () => {
  const { code, printed } = await report('--local', url, '--since', '24h');
  expect(code).toBe(0);
  expect(printed).toMatch(/^ {2}sign-ins +41$/m);
  expect(printed).toMatch(/^ {2}sign-ins failed +7$/m);
  expect(printed).toMatch(/^ {2}suspicious activity +3$/m);
  expect(printed).toMatch(/^ {2}accounts locked +2$/m);
  const sources = printed.split('Sources of failures\n')[1];
  expect(sources?.replaceAll(/ +/g, ' ')).toBe(' 203.0.113.9 2\n 198.51.100.4 1');
  expect((await report('--local', url, '--since', '7d')).printed).toContain('192.0.2.1');
});

test('--json prints the same for programs', async () => {
  const { printed } = await report('--local', url, '--json');
  expect(JSON.parse(printed)).toMatchObject({
    stack: url,
    metrics: { period: '24h', totals: { signIns: 41 }, suspicious: 3 },
    sources: {
      top: [
        { ip: '203.0.113.9', failures: 2 },
        { ip: '198.51.100.4', failures: 1 },
      ],
      complete: true,
    },
  });
});

test.each([
  [['--since', '1y', '--local'], 2, "--since '1y' is not allowed; allowed are 24h, 7d"],
  [[], 2, 'give one of --stage and --local'],
  [['--stage', 'dev', '--local'], 2, 'give one of --stage and --local'],
  [['--stage', 'qa'], 2, "--stage 'qa' is not allowed; allowed are dev, prod"],
  [['--local', 'http://example.com'], 2, "--local 'http://example.com' is not allowed"],
  [['--local', 'http://127.0.0.1:9'], 3, 'STACK_UNKNOWN'],
  [['--what'], 2, '--what'],
])('%j: exits with %d', async (argv, code, message) => {
  const refused = await report(...argv);
  expect(refused).toMatchObject({ code, printed: '' });
  expect(refused.errors).toContain(message);
});
