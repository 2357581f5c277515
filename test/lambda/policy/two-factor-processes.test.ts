import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withCheapPasswords } from '../../support/cheap-passwords.ts';
import { type Containers, startContainers } from '../../support/containers.ts';
import { proxyEvent } from '../../support/event.ts';
import { challenged, type Member, memberWithSecondFactor } from '../../support/second-factor.ts';
import { type Browser, origin, type Stack, startStack } from '../../support/stack.ts';

const processes = 3;
const each = 5;
let stack: Stack;
let container: Browser;
let containers: Containers;
beforeAll(async () => {
  stack = await startStack();
  container = await stack.start(withCheapPasswords());
  containers = await startContainers(stack, processes);
}, 120_000);
afterAll(async () => {
  await containers.stop();
  await stack.stop();
});

/** Every process gets as many codes to look at, each of a challenge of its own, from an address of its own. */
async function guess(member: Member, path: string, code: () => string): Promise<(string | undefined)[]> {
  const devices = await Promise.all(Array.from({ length: processes * each }, () => challenged(member)));
  const body = { code: code() };
  const answers = await containers.race((which) =>
    devices.slice(which * each, (which + 1) * each).map((device) =>
      proxyEvent({
        method: 'POST',
        path: `/api/auth/two-factor/${path}`,
        headers: { Origin: origin, Cookie: [...device.jar].map((pair) => pair.join('=')).join('; ') },
        body,
        sourceIp: device.sourceIp,
      }),
    ),
  );
  return answers.flat().map(({ status, json }) => (status === 200 ? 'in' : json.code));
}

const count = (outcomes: readonly (string | undefined)[], wanted: string) =>
  outcomes.filter((outcome) => outcome === wanted).length;

test('of wrong codes in several processes exactly ten are looked at; the others meet the lock', async () => {
  const member = await memberWithSecondFactor(stack, container.another(), 'guessed@example.com');
  const outcomes = await guess(member, 'verify-totp', member.authenticator.wrong);
  expect(count(outcomes, 'INVALID_CODE')).toBe(10);
  expect(count(outcomes, 'ACCOUNT_TEMPORARILY_LOCKED')).toBeGreaterThan(0);
  expect(count(outcomes, 'in')).toBe(0);
});

test('a code of the authenticator lets one of them in', async () => {
  const member = await memberWithSecondFactor(stack, container.another(), 'raced@example.com');
  const outcomes = await guess(member, 'verify-totp', () => member.authenticator.code());
  expect(count(outcomes, 'in')).toBe(1);
});

test('a backup code lets one of them in', async () => {
  const member = await memberWithSecondFactor(stack, container.another(), 'spent@example.com');
  const outcomes = await guess(member, 'verify-backup-code', () => member.backupCodes[0]!);
  expect(count(outcomes, 'in')).toBe(1);
});
