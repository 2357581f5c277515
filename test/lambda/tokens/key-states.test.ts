import {
  CancelKeyDeletionCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { PublishedKey } from '../../../contract/signing.ts';
import { publishKeys } from '../../../lambda/tokens/publish-keys.ts';
import { type Browser, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { publishedKey } from './keys.ts';

let stack: Stack;
let active: PublishedKey;
let standby: PublishedKey;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  active = await publishedKey(stack.clients.kms, 'active');
  standby = await publishedKey(stack.clients.kms, 'standby', 'ES256', 'next');
  browser = await stack.start({ variables: { GATEHOUSE_SIGNING_KEYS: JSON.stringify([active, standby]) } });
  await signedIn(stack, browser, 'states@example.com');
});
afterAll(() => stack.stop());

const kms = () => stack.clients.kms;
const disable = (key: PublishedKey) => kms().send(new DisableKeyCommand({ KeyId: key.keyArn }));
const enable = (key: PublishedKey) => kms().send(new EnableKeyCommand({ KeyId: key.keyArn }));
afterEach(async () => {
  for (const key of [active, standby]) await enable(key);
});

async function expectNoToken(): Promise<void> {
  const answer = await browser.get('/api/auth/token');
  expect(answer).toMatchObject({ status: 503, json: { code: 'SIGNING_UNAVAILABLE' } });
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await browser.get('/api/auth/get-session')).toMatchObject({ status: 200, json: { user: {} } });
  expect((await browser.get('/.well-known/jwks.json')).json.keys).toHaveLength(2);
}
const expectToken = async () => expect(await browser.get('/api/auth/token')).toMatchObject({ status: 200 });

test('a disabled key gives no token, and the next request after it was enabled does', async () => {
  await disable(active);
  await expectNoToken();
  await enable(active);
  await expectToken();
});

test('a key that was saved from deletion signs again once it is enabled, and not before', async () => {
  await kms().send(new ScheduleKeyDeletionCommand({ KeyId: active.keyArn, PendingWindowInDays: 30 }));
  await expectNoToken();
  await kms().send(new CancelKeyDeletionCommand({ KeyId: active.keyArn }));
  await expectNoToken();
  await enable(active);
  await expectToken();
});

test('nobody notices a disabled standby, until the next deployment reads it', async () => {
  await disable(standby);
  await expectToken();
  await expect(publishKeys(kms(), [active, standby])).rejects.toMatchObject({ name: 'DisabledException' });
});
