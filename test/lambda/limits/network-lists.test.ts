import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { type Browser, type Stack, startStack } from '../../support/stack.ts';
import { awsConfig } from '../../support/tables.ts';
import { countTrips } from '../../support/trips.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());
afterEach(() => putRow({}));

const putRow = (attributes: Record<string, AttributeValue>) =>
  stack.clients.dynamodb.send(
    new PutItemCommand({ TableName: 'limits', Item: { pk: { S: 'networks' }, ...attributes } }),
  );
const listOf = (...networks: string[]): AttributeValue => ({
  L: networks.map((network) => ({ M: { network: { S: network } } })),
});

let now = Date.parse('2026-01-01T00:00:00Z');

/** A new container; the clock is moved to a window that no other test has used. */
async function start(dynamodb?: DynamoDBClient) {
  now += 24 * 3_600_000;
  return stack.start({
    now: () => new Date(now),
    ...(dynamodb && { clients: { dynamodb } }),
    variables: { GATEHOUSE_ADMIN_NETWORKS: '["192.0.2.0/28"]' },
  });
}

const send = (browser: Browser, sourceIp: string, path = '/api/auth/ok') => browser.send({ path, sourceIp });
/** How many requests of the minute the source is admitted. */
async function quota(browser: Browser, sourceIp: string): Promise<number> {
  const answer = await send(browser, sourceIp);
  return Number(/;q=(\d+)/.exec(answer.headers.get('ratelimit-policy')!)![1]);
}

describe('limits', () => {
  test('are stricter for suspicious networks and laxer for admin networks', async () => {
    await putRow({ suspicious: listOf('203.0.113.0/25', '2001:db8:bad::/48'), admin: listOf('198.51.100.0/24') });
    const browser = await start();
    const sources = [
      '203.0.113.127',
      '203.0.113.128',
      '2001:db8:bad:1::1',
      '::ffff:203.0.113.5',
      '198.51.100.9',
      '192.0.2.15',
      '192.0.2.16',
    ];
    const quotas = [];
    for (const source of sources) quotas.push(await quota(browser, source));
    expect(quotas).toEqual([10, 100, 10, 10, 1000, 1000, 100]);
  });

  test('refuse a suspicious source at its own limit; being an admin network besides does not help it', async () => {
    await putRow({ suspicious: listOf('203.0.113.0/24'), admin: listOf('203.0.113.0/24') });
    const browser = await start();
    const statuses = [];
    for (let request = 0; request < 11; request++) statuses.push((await send(browser, '203.0.113.1')).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.at(-1)).toBe(429);
  });

  test('leave a suspicious source one try where the rule is strict anyway', async () => {
    await putRow({ suspicious: listOf('203.0.113.0/24') });
    const browser = await start();
    const path = '/api/auth/two-factor/verify-totp';
    const attempt = () => browser.send({ method: 'POST', path, body: { code: '000000' }, sourceIp: '203.0.113.1' });
    expect([(await attempt()).status, (await attempt()).status]).toEqual([401, 429]);
  });
});

describe('an edit', () => {
  test('is in force within a minute, without a deployment; the row is read once in that time', async () => {
    const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
    const trips = countTrips(dynamodb);
    const browser = await start(dynamodb);
    const reads = async () => {
      const { commands } = await trips.during(async () => {
        for (let request = 0; request < 5; request++) await send(browser, '203.0.113.1');
      });
      return commands.filter((command) => command === 'GetItemCommand').length;
    };
    expect(await reads()).toBe(1);
    await putRow({ suspicious: listOf('203.0.113.1/32') });
    now += 59_999;
    expect(await reads()).toBe(0);
    expect(await quota(browser, '203.0.113.1')).toBe(100);
    now += 1;
    expect(await quota(browser, '203.0.113.1')).toBe(10);
    expect(await reads()).toBe(0);
  });

  test('is not looked for by session checks', async () => {
    const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
    const trips = countTrips(dynamodb);
    const browser = await start(dynamodb);
    expect((await trips.during(() => browser.get('/api/auth/get-session'))).total).toBe(0);
  });
});

describe('a row that is not as it should be', () => {
  const bad: [string, Record<string, AttributeValue>][] = [
    ['an entry that is no network', { suspicious: listOf('203.0.113.0/24', '203.0.113.0/33') }],
    ['an entry for everybody', { suspicious: listOf('0.0.0.0/0') }],
    ['a text for a list', { suspicious: { S: '203.0.113.0/24' } }],
    ['an entry of another shape', { suspicious: { L: [{ S: '203.0.113.0/24' }] } }],
  ];
  test.each(bad)('with %s leaves the last good lists in force, and is on record', async (_, row) => {
    await putRow({ suspicious: listOf('198.51.100.1/32'), admin: listOf('198.51.100.2/32') });
    const browser = await start();
    expect(await quota(browser, '198.51.100.1')).toBe(10);
    await putRow(row);
    now += 60_000;
    const output = await captureLogs(async () => expect(await quota(browser, '198.51.100.1')).toBe(10));
    expect(output).toMatch(/the list 'suspicious' (has an entry that is no network|is not a list)/);
    expect(await quota(browser, '198.51.100.2')).toBe(1000);
    expect(await quota(browser, '203.0.113.1')).toBe(100);
  });

  test('gives a new container what is good in it', async () => {
    await putRow({ suspicious: listOf('nonsense', '203.0.113.0/24') });
    const browser = await start();
    expect(await quota(browser, '203.0.113.1')).toBe(10);
  });
});

test('lists that cannot be read: the last ones stay, and the table is left alone for some seconds', async () => {
  await putRow({ suspicious: listOf('203.0.113.0/24') });
  let broken = false;
  const dynamodb = new DynamoDBClient({ ...awsConfig(stack.dynamodbEndpoint), maxAttempts: 1 });
  let tries = 0;
  dynamodb.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'GetItemCommand') return next(args);
        tries += 1;
        if (broken) throw new Error('injected');
        return next(args);
      },
    { step: 'initialize' },
  );
  const browser = await start(dynamodb);
  expect(await quota(browser, '203.0.113.1')).toBe(10);
  broken = true;
  now += 60_000;
  const output = await captureLogs(async () => expect(await quota(browser, '203.0.113.1')).toBe(10));
  expect(output).toContain('the network lists cannot be read');
  await quota(browser, '203.0.113.1');
  expect(tries).toBe(2);
  broken = false;
  await putRow({});
  now += 5_000;
  expect(await quota(browser, '203.0.113.1')).toBe(100);
});

describe('administration', () => {
  const spellings = [
    '/api/auth/admin/list-users',
    '/api/auth//admin/list-users',
    '/api/auth/admin//list-users',
    '/api/auth/admin',
    '/api/auth/admin/',
    '/api/auth/ADMIN/list-users',
    '/api/auth/%61dmin/list-users',
    '/api/auth/%2561dmin/list-users',
    '/api/auth/admin%2flist-users',
    '/api/auth/./admin/list-users',
    '/api/auth/x/../admin/list-users',
    '/api/auth/x/%2e%2e/admin/list-users',
    '/api/auth/admin;x=1/list-users',
    '/api/auth/admin\\list-users',
    '/api/auth/admin/set-role',
  ];

  test.each(spellings)('%s is for admin networks only', async (path) => {
    const browser = await start();
    const output = await captureLogs(async () => {
      const answer = await send(browser, '203.0.113.9', path);
      expect(answer).toMatchObject({ status: 403, json: { code: 'ADMIN_NETWORK_REQUIRED' } });
    });
    expect(auditEvents(output)).toMatchObject([
      { event: 'admin_action_refused', status_code: 'ADMIN_NETWORK_REQUIRED' },
    ]);
    expect((await send(browser, '192.0.2.15', path)).status).not.toBe(403);
  });

  test('other paths are not, however similar', async () => {
    const browser = await start();
    for (const path of [
      '/api/auth/administer',
      '/api/auth/admin-x',
      '/api/auth/user/admin',
      '/api/auth/ok?next=/admin/',
    ]) {
      expect((await send(browser, '203.0.113.9', path)).status).not.toBe(403);
    }
  });

  test('operators open it to a network, and close it again', async () => {
    const browser = await start();
    const status = async () => (await send(browser, '203.0.113.9', '/api/auth/admin/list-users')).status;
    expect(await status()).toBe(403);
    await putRow({ admin: listOf('203.0.113.8/31') });
    now += 60_000;
    expect(await status()).toBe(401);
    await putRow({});
    now += 60_000;
    expect(await status()).toBe(403);
  });

  test('with no network at all it is for nobody', async () => {
    const browser = await stack.start({ variables: { GATEHOUSE_ADMIN_NETWORKS: '[]' } });
    for (const source of ['127.0.0.1', '192.0.2.1', '10.0.0.1', '::1']) {
      expect((await send(browser, source, '/api/auth/admin/list-users')).status).toBe(403);
    }
  });

  test('a network that is none is refused at init', async () => {
    await expect(stack.start({ variables: { GATEHOUSE_ADMIN_NETWORKS: '["10.0.0.1"]' } })).rejects.toThrow(
      "GATEHOUSE_ADMIN_NETWORKS: network '10.0.0.1' is not allowed",
    );
  });
});
