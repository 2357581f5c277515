import './every-level.ts';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditEvents as catalogue } from '../../../lambda/audit/catalogue.ts';
import { auditLineSchema } from '../../../scripts/events/event-schema.ts';
import { eventsPage, pageFile } from '../../../scripts/events/page.ts';
import { resetToken } from '../../support/accounts.ts';
import { captureLogs } from '../../support/capture-logs.ts';
import { clientSecret } from '../../support/social.ts';
import { Canaries, strayRequests } from './canaries.ts';
import { type FunctionEvent, type Scenario, scenarios } from './scenarios.ts';
import { pepperSecret, startWorld, type World } from './world.ts';

const canaries = new Canaries();
let world: World;
/** Of all scenarios. */
let output = '';
beforeAll(async () => {
  output += await captureLogs(async () => {
    world = await startWorld((application) => canaries.watch(application));
  });
});
afterAll(() => world.stop());

/** The events of a scenario. Each line that carries one is as the schema says, to the letter. */
async function eventsOf(scenario: Scenario) {
  const lines = await captureLogs(() => scenario(world));
  output += lines;
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { audit?: unknown })
    .filter(({ audit }) => audit !== undefined)
    .map((line) => auditLineSchema.parse(line).audit);
}

test.each(Object.keys(scenarios) as FunctionEvent[])('%s', async (id) => {
  const events = await eventsOf(scenarios[id]);
  const sent = events.find(({ event }) => event === id);
  const { classUid, activityId, severityId, success } = catalogue[id];
  expect(sent).toMatchObject({
    event: id,
    class_uid: classUid,
    activity_id: activityId,
    type_uid: classUid * 100 + activityId,
    severity_id: severityId,
    status_id: success ? 1 : 2,
  });
  // What OCSF 1.6 requires of the classes, and of objects that are there.
  if (classUid === 3002) expect(sent).toMatchObject({ service: { name: expect.any(String) } });
  if (classUid === 3004) expect(sent).toMatchObject({ entity: { name: expect.any(String) } });
  else expect(sent?.user?.uid ?? sent?.user?.name).toEqual(expect.any(String));
  expect(sent?.activity_name).toBe(activityId === 99 ? id : undefined);
  if (!success) expect(sent).toMatchObject({ status_code: expect.stringMatching(/^[\w-]+$/) });
});

test('nothing secret is in any line, over all of these, stray requests, and every level', async () => {
  const stray = 'canary-stray-password-0123456789';
  canaries.secrets.add(stray);
  output += await captureLogs(async () => {
    await world.container.post('/api/auth/request-password-reset', { email: 'admin@example.com' });
    const token = await resetToken(world.stack);
    canaries.secrets.add(token);
    for (const request of strayRequests(token, stray)) await world.container.another().send(request);
  });
  canaries.deployment.push(clientSecret, pepperSecret, 'canary-secret-0123456789-0123456789-0123456789');
  // All kinds of secrets have come by: cookies, tokens, codes, passwords, addresses.
  expect(canaries.secrets.size).toBeGreaterThan(300);
  expect(canaries.foundIn(output)).toEqual([]);
  expect(output).not.toContain('canary');
});

test('no answer holds a secret of the deployment, a password or why something failed', () => {
  const { answers, deployment } = canaries;
  for (const secret of [...deployment, 'canary-crash-message', 'canary-injected', 'correct horse']) {
    expect(answers).not.toContain(secret);
  }
  expect(answers).not.toMatch(/canary-(referer|api-key|unknown|proxy)|\$scrypt\$|arn:aws|\bat .*\.ts:/);
});

test('the page is what the report writes', () => {
  expect(readFileSync(pageFile, 'utf8')).toBe(eventsPage());
});
