import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SessionOptions } from '../../../../lambda/policy/session/session-options.ts';
import { equal, type Identity, newUser, startIdentity } from '../../../support/identity.ts';
import { startProcesses } from '../../../support/processes.ts';
import { findingsIn } from '../../identity/check.ts';
import { authWithSessions, type Task } from './rivalry.ts';

/** Four processes sign users in at the same moment. */
const processes = 4;
const tries = 3;
const users = 2;
let identity: Identity;
let rivals: Awaited<ReturnType<typeof startProcesses<Task, number>>>;

beforeAll(async () => {
  identity = await startIdentity();
  rivals = await startProcesses(new URL('rival.ts', import.meta.url), processes);
}, 60_000);
afterAll(async () => {
  await rivals.stop();
  await identity.stop();
});

/** How many sign-ins succeeded, and how many sessions each user has then. */
async function race(sessions: SessionOptions) {
  const auth = authWithSessions(identity.adapter.bind(identity, {}), sessions);
  const { adapter } = await auth.$context;
  const userIds: string[] = [];
  for (let i = 0; i < users; i++) userIds.push((await adapter.create({ model: 'user', data: newUser() })).id);
  const begun = await rivals.run({ endpoint: identity.endpoint, sessions, userIds, tries });
  const left = await Promise.all(
    userIds.map((id) => adapter.count({ model: 'session', where: [equal('userId', id)] })),
  );
  return { begun, left, auth };
}

test('of parallel sign-ins all succeed, and exactly as many sessions stay as may be', async () => {
  const { begun, left } = await race({ maxPerUser: 3 });
  expect(begun.reduce((sum, one) => sum + one)).toBe(processes * tries * users);
  expect(left).toEqual(Array(users).fill(3));
}, 60_000);

test('of parallel sign-ins exactly as many succeed as may be, where the new one is refused', async () => {
  let contested = false;
  // On a busy machine one process may be done before the next one runs; it is not always the same one's turn.
  for (let round = 0; round < 20 && !contested; round++) {
    const { begun, left } = await race({ maxPerUser: 3, whenFull: 'refuse' });
    expect(begun.reduce((sum, one) => sum + one)).toBe(3 * users);
    expect(left).toEqual(Array(users).fill(3));
    contested = begun.filter((count) => count > 0).length > 1;
  }
  expect(contested).toBe(true);
}, 60_000);

test('without a cap all stay: they did race for one user', async () => {
  const { left } = await race({ maxPerUser: false });
  expect(left).toEqual(Array(users).fill(processes * tries));
}, 60_000);

test('the store is as it should be', async () => {
  const { auth } = await race({ maxPerUser: 1 });
  expect(await findingsIn(identity, (await auth.$context).options)).toEqual([]);
}, 60_000);
