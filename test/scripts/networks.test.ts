import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rateLimitTable } from '../../lambda/limits/index.ts';
import { parseRow } from '../../lambda/limits/network-lists.ts';
import { editList, readList } from '../../scripts/networks/edit-list.ts';
import { runNetworks } from '../../scripts/networks/run-networks.ts';
import { startTables } from '../support/tables.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables(rateLimitTable('limits'));
});
afterAll(() => tables.stop());

const now = new Date('2026-01-01T00:00:00Z');

/** `npm run networks -- …`, on the table of the tests unless `where` says otherwise. */
async function run(line: string, where = ['--table', 'limits']) {
  const out: string[] = [];
  const errors: string[] = [];
  const argv = [...line.split(' '), ...where, '--endpoint', tables.dynamodb.endpoint];
  const code = await runNetworks(argv, {
    now,
    print: (text) => out.push(text),
    printError: (text) => errors.push(text),
  });
  return { code, out, error: errors.join('\n') };
}

const table = () => ({ client: tables.client, tableName: 'limits' });
const networks = async (list: 'suspicious' | 'admin') => (await readList(table(), list)).map(({ network }) => network);

describe('add and remove', () => {
  test('keep networks in their normal form, once each, with when and why', async () => {
    const added = await run(
      'add --list suspicious 203.0.113.77/24 2001:DB8:0:0::/32 198.51.100.7 2001:db8::1 --note scan',
    );
    expect(added).toMatchObject({ code: 0, error: '' });
    await run('add --list suspicious 203.0.113.0/24');
    expect(await networks('suspicious')).toEqual([
      '203.0.113.0/24',
      '2001:db8::/32',
      '198.51.100.7/32',
      '2001:db8::1/128',
    ]);
    expect((await run('list --list suspicious')).out[0]).toBe('203.0.113.0/24  2026-01-01T00:00:00.000Z  scan');
    expect(await networks('admin')).toEqual([]);
    expect((await run('remove --list suspicious 198.51.100.7 2001:DB8::/32')).code).toBe(0);
    expect(await networks('suspicious')).toEqual(['203.0.113.0/24', '2001:db8::1/128']);
  });

  test.each(['10.0.0.0/33', '10.0.0.0/0', '::/0', '010.0.0.1', 'localhost', '2001:db8::/129', '10.0.0.1-10.0.0.9'])(
    'a bad entry such as %s is named, and of what came with it nothing is done',
    async (bad) => {
      const before = await networks('admin');
      const refused = await run(`add --list admin 192.0.2.0/24 ${bad}`);
      expect(refused).toMatchObject({ code: 1, error: expect.stringContaining(`NETWORK_INVALID: network '${bad}'`) });
      expect(await networks('admin')).toEqual(before);
    },
  );

  test('what is not on the list cannot be taken off', async () => {
    expect(await run('remove --list admin 192.0.2.99')).toMatchObject({
      code: 1,
      error: "NETWORK_MISSING: '192.0.2.99/32' is not on the list 'admin'",
    });
  });

  test('two operators at the same time lose no entry of each other', async () => {
    const each = Array.from({ length: 6 }, (_, operator) =>
      editList(table(), 'admin', { add: [`198.51.100.${operator}/32`, `192.0.2.${operator}/32`], now }),
    );
    await Promise.all(each);
    await Promise.all([
      editList(table(), 'admin', { remove: ['198.51.100.0/32'] }),
      editList(table(), 'suspicious', { add: ['203.0.113.200/32'], now }),
      editList(table(), 'admin', { add: ['198.51.100.99/32'], now }),
    ]);
    const left = await networks('admin');
    expect(left).toHaveLength(12);
    expect(left).toContain('198.51.100.99/32');
    expect(left).not.toContain('198.51.100.0/32');
    expect(await networks('suspicious')).toContain('203.0.113.200/32');
  });

  test('an entry that was spoiled by hand is shown, stays through edits, and can be taken off', async () => {
    await tables.client.send(new CreateTableCommand(rateLimitTable('spoiled')));
    const entry = { M: { network: { S: 'nonsense' } } };
    const Item = { pk: { S: 'networks' }, version: { N: '7' }, suspicious: { L: [entry] } };
    await tables.client.send(new PutItemCommand({ TableName: 'spoiled', Item }));
    const where = ['--table', 'spoiled'];
    await run('add --list suspicious 203.0.113.0/24', where);
    expect((await run('list --list suspicious', where)).out).toEqual([
      expect.stringContaining('nonsense  NOT A NETWORK'),
      expect.stringContaining('203.0.113.0/24'),
    ]);
    expect((await run('remove --list suspicious nonsense', where)).code).toBe(0);
    expect((await run('list --list suspicious', where)).out).toHaveLength(1);
  });

  test('a list has an end', async () => {
    const add = Array.from({ length: 1001 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
    await expect(editList(table(), 'suspicious', { add, now })).rejects.toMatchObject({ code: 'LIST_FULL' });
  });
});

test('what is written is what the function reads', async () => {
  const { lists, problem } = parseRow({ admin: { L: [{ M: { network: { S: '192.0.2.0/24' } } }] } });
  expect([lists.admin.length, problem]).toEqual([1, undefined]);
});

describe('the table', () => {
  test('is found by the stage, by the name that CloudFormation gives it', async () => {
    await tables.client.send(
      new CreateTableCommand(rateLimitTable('Gatehouse-prod-GatehouseRateLimitTable12345678-ABC')),
    );
    await tables.client.send(
      new CreateTableCommand(rateLimitTable('Gatehouse-prod2-GatehouseRateLimitTable12345678-ABC')),
    );
    const listed = await run('list --list admin', ['--stage', 'prod']);
    expect(listed).toMatchObject({ code: 0, out: [expect.stringContaining('Gatehouse-prod-')] });
    expect(await run('list --list admin', ['--stage', 'dev'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('TABLE_UNKNOWN'),
    });
  });
});

test.each([
  ['', 'a command is missing'],
  ['drop --list admin', "command 'drop' is not allowed; allowed are list, add, remove"],
  ['list', 'a --list is missing'],
  ['list --list others', "--list 'others' is not allowed; allowed are suspicious, admin"],
  ['add --list admin', 'add needs a network'],
  ['list --list admin 10.0.0.1', "'10.0.0.1' is not expected after list"],
  ['remove --list admin 10.0.0.1 --note x', '--note is not an option of remove'],
  ['list --list admin --stage dev', 'give one of --stage and --table'],
])('%j is a wrong call: %s', async (line, message) => {
  expect(await run(line)).toMatchObject({ code: 2, error: expect.stringContaining(`USAGE: ${message}`) });
});
