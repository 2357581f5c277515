import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { detectionTable } from '../../../../lambda/audit/detection/detection-table.ts';
import { endedSessions } from '../../../../lambda/audit/detection/ended-sessions.ts';
import { places } from '../../../../lambda/audit/detection/places.ts';
import { rateLimitTable } from '../../../../lambda/limits/index.ts';
import { keyedHash } from '../../../../lambda/limits/lockout/derived-key.ts';
import { startTables } from '../../../support/tables.ts';
import { at, day, home, type Told } from './races.ts';

const file = fileURLToPath(new URL('rival.ts', import.meta.url));
const processes = 4;
const rounds = Array.from({ length: 12 }, (_, round) => `round-${round}`);

let tables: Awaited<ReturnType<typeof startTables>>;
let results: Told[][];
beforeAll(async () => {
  tables = await startTables(rateLimitTable('limits'));
  results = await race();
}, 60_000);
afterAll(() => tables.stop());

/** What each process was told, by round. */
async function race(): Promise<Told[][]> {
  const table = detectionTable(tables.client, 'limits');
  const hash = keyedHash('a secret of the test', 'detection');
  for (const round of rounds) {
    await places(table, hash, 30 * day).note(round, home, at - 1000);
    const session = { token: round, userId: round, sessionId: round, signedOut: true, origin: home };
    await endedSessions(table, hash, 30 * day).note(session, at - 1000);
  }
  const args = ['--import', 'tsx', file, tables.dynamodb.endpoint];
  const rivals = Array.from({ length: processes }, () => {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  const next = () => Promise.all(rivals.map(async ({ lines }) => String((await lines.next()).value)));
  try {
    await next();
    const told: Told[][] = [];
    for (const round of rounds) {
      for (const { child } of rivals) child.stdin.write(`${round}\n`);
      told.push((await next()).map((line) => JSON.parse(line) as Told));
    }
    return told;
  } finally {
    await Promise.all(
      rivals.map(({ child }) => {
        const closed = new Promise((resolve) => child.once('close', resolve));
        child.stdin.end();
        return closed;
      }),
    );
  }
}

test.each(['place', 'session', 'failures'] as const)(
  'of 20 parallel reports of one %s in four processes exactly one is told',
  (kind) => {
    for (const round of results) expect(round.reduce((sum, told) => sum + told[kind], 0)).toBe(1);
  },
);

test('several processes were told, so they did race', () => {
  const winners = results.flatMap((round) =>
    (['place', 'session', 'failures'] as const).map((kind) => round.findIndex((told) => told[kind] === 1)),
  );
  expect(new Set(winners).size).toBeGreaterThan(1);
});
