import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Identity, newUser, newVerification, startIdentity } from '../../support/identity.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

const rounds = 25;

test('four processes that want the same e-mails, accounts, one-time values and guarded change: each goes to one', async () => {
  const adapter = identity.adapter();
  const counter = await adapter.create({ model: 'user', data: newUser({ emailVerified: false }) });
  const values = await Promise.all(
    Array.from({ length: rounds }, () => adapter.create({ model: 'verification', data: newVerification() })),
  );
  const file = fileURLToPath(new URL('rival.ts', import.meta.url));
  const args = ['--import', 'tsx', file, identity.endpoint, String(rounds), counter.id, ...values.map(({ id }) => id)];
  const run = async () =>
    JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as Record<string, number[]>;
  const won = await Promise.all([run(), run(), run(), run()]);
  const all = (kind: string) => won.flatMap((each) => each[kind]!).sort((a, b) => a - b);
  const everyRound = Array.from({ length: rounds }, (_, round) => round);
  expect(all('emails')).toEqual(everyRound);
  expect(all('accounts')).toEqual(everyRound);
  expect(all('values')).toEqual(everyRound);
  expect(all('counts')).toHaveLength(1);
});
