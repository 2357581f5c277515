import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rateLimitTable } from '../../../../lambda/limits/index.ts';
import { startTables } from '../../../support/tables.ts';
import { secret } from './guesses.ts';
import type { Looked, Rivalry, Round } from './rival-guesser.ts';

const file = fileURLToPath(new URL('rival-guesser.ts', import.meta.url));
const processes = 4;
const time = '2026-03-01T12:00:00Z';

let tables: Awaited<ReturnType<typeof startTables>>;
let rounds: Looked[][];
beforeAll(async () => {
  tables = await startTables(rateLimitTable('limits'));
  rounds = await play([...ofOneSource, ...ofManySources]);
}, 60_000);
afterAll(() => tables.stop());

type Rival = { readonly child: ChildProcessByStdio<Writable, Readable, Readable>; line(): Promise<string> };

function startRival(rivalry: Rivalry): Rival {
  const args = ['--import', 'tsx', file, JSON.stringify(rivalry)];
  const child = spawn(process.execPath, args, { stdio: 'pipe' });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`a rival ended early: ${Buffer.concat(errors)}`);
    return value;
  };
  return { child, line };
}

/** Plays rounds in several processes at once. */
async function play(rounds: readonly Round[]): Promise<Looked[][]> {
  const common = { endpoint: tables.dynamodb.endpoint, secret, time };
  const rivals = Array.from({ length: processes }, (_, i) => startRival({ ...common, name: `rival-${i}` }));
  try {
    await Promise.all(rivals.map(({ line }) => line()));
    const played: Looked[][] = [];
    for (const round of rounds) {
      for (const { child } of rivals) child.stdin.write(`${JSON.stringify(round)}\n`);
      const lines = await Promise.all(rivals.map(({ line }) => line()));
      played.push(lines.map((line) => JSON.parse(line) as Looked));
    }
    return played;
  } finally {
    for (const { child } of rivals) child.kill();
  }
}

const sum = (round: readonly Looked[]) => ({
  wrong: round.reduce((total, { wrong }) => total + wrong, 0),
  locks: round.flatMap(({ locks }) => locks),
});

const ofOneSource = ['a', 'b', 'c', 'd'].map((name) => ({ name, tries: 20, oneSource: true }));
const ofManySources = ['e', 'f'].map((name) => ({ name, tries: 40, oneSource: false }));

test('of 80 parallel guesses from one source over four processes five are looked at, and one sets the lock', () => {
  const played = rounds.slice(0, ofOneSource.length);
  for (const round of played) expect(sum(round)).toEqual({ wrong: 5, locks: ['source'] });
  // They did race: some round was no process's alone. Of five guesses, on a busy machine, one process may make all.
  expect(rounds.some((round) => round.filter(({ wrong }) => wrong > 0).length > 1)).toBe(true);
});

test('of 160 parallel guesses, each from a source of its own, a hundred are looked at, and one locks the account', () => {
  for (const round of rounds.slice(ofOneSource.length)) expect(sum(round)).toEqual({ wrong: 100, locks: ['account'] });
});
