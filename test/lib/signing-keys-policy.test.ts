import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isAllowed, type KeyRequest } from '../../scripts/keys/policy/evaluate.ts';
import { keyPolicyPage, pageFile } from '../../scripts/keys/policy/page.ts';
import { type Principal, principals } from '../../scripts/keys/policy/principals.ts';
import type { Resources } from '../../scripts/keys/policy/resolve.ts';
import { keyIdOf, stackResources } from '../../scripts/keys/policy/stack.ts';

let resources: Resources;
let everyone: Principal[];
beforeAll(() => {
  resources = stackResources();
  everyone = principals(resources);
});

const sign: KeyRequest = {
  action: 'kms:Sign',
  context: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'DIGEST' },
};

/** Names of those who may. */
async function allowed(request: KeyRequest, from = resources): Promise<string[]> {
  const keyId = keyIdOf('ES256', from);
  const answers = await Promise.all(everyone.map((principal) => isAllowed(principal, request, keyId, from)));
  return everyone.filter((_, index) => answers[index]).map(({ name }) => name);
}

test('the page is what the evaluation of the template says', async () => {
  expect(readFileSync(pageFile, 'utf8')).toBe(await keyPolicyPage());
}, 120_000);

describe('of everyone, mighty as they are,', () => {
  const emergency = ['break-glass', 'root user'];

  test('the auth function signs', async () => {
    expect(await allowed(sign)).toEqual(['auth function', 'auth function as administrator']);
  });

  test.each([
    ['the algorithm', { ...sign.context, 'kms:SigningAlgorithm': 'ECDSA_SHA_384' }],
    ['the message type', { ...sign.context, 'kms:MessageType': 'RAW' }],
    ['any of both', {}],
  ])('nobody signs without %s of the key', async (_, context) => {
    expect(await allowed({ ...sign, context })).toEqual([]);
  });

  test.each(['kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:CreateGrant', 'kms:ReplicateKey'])(
    'only an emergency role and the root user may %s',
    async (action) => {
      expect(await allowed({ action })).toEqual(emergency);
    },
  );

  test.each(['kms:PutKeyPolicy', 'kms:TagResource', 'kms:UntagResource'])(
    'the deployment too may %s',
    async (action) => {
      expect(await allowed({ action })).toEqual(['deployment', ...emergency]);
    },
  );
});

describe('the evaluation would show', () => {
  const without = (sid: string): Resources => {
    const keyId = keyIdOf('ES256', resources);
    const key = resources[keyId]!;
    const policy = key.Properties.KeyPolicy as { Statement: { Sid: string }[] };
    const KeyPolicy = { ...policy, Statement: policy.Statement.filter(({ Sid }) => Sid !== sid) };
    return { ...resources, [keyId]: { ...key, Properties: { ...key.Properties, KeyPolicy } } };
  };

  test.each<[string, KeyRequest]>([
    ['OnlyTheSignerSigns', sign],
    ['OnlyWithItsAlgorithm', { ...sign, context: { ...sign.context, 'kms:SigningAlgorithm': 'ECDSA_SHA_384' } }],
    ['OnlyItsMessageType', { ...sign, context: { ...sign.context, 'kms:MessageType': 'RAW' } }],
    ['OnlyEmergencyStopsTheKey', { action: 'kms:DisableKey' }],
    ['OnlyDeploymentChangesAccess', { action: 'kms:PutKeyPolicy' }],
    ['OnlyEmergencyStopsTheKey', { action: 'kms:ReplicateKey' }],
  ])('that %s is missing', async (sid, request) => {
    const [before, after] = [await allowed(request), await allowed(request, without(sid))];
    expect(after.length).toBeGreaterThan(before.length);
  });
});
