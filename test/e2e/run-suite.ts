import { beforeAll } from '@jest/globals';
import { flow } from './flow.ts';
import { removeUser } from './identity-rows.ts';
import { type Run, runTarget, runVariable } from './run-target.ts';

/** The suite as `test:e2e` runs it; the name keeps it out of `npm test`, where there is no stack to run it against. */
const run = JSON.parse(process.env[runVariable] ?? '') as Run;
const target = runTarget(run);

beforeAll(async () => {
  // Credentials that will not do show now, not when there are users to remove.
  const { identityTable } = target;
  if (identityTable) await removeUser(identityTable, `gatehouse-${run.id}@example.com`);
});

flow(() => target);
