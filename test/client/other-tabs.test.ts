import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startManagers } from './managers.ts';
import { memoryStorage, start } from './tokens.ts';

const world = await startManagers();
const { auth, delivered, manager, reasons, requested } = world;
afterAll(() => world.auth.stop());
beforeEach(world.reset);
afterEach(world.close);

describe('managers of other tabs', () => {
  test('share a token, by audience', async () => {
    const [one, two, other] = [manager(), manager(), manager({ audience: 'urn:other' })];
    const token = await one.getToken();
    await delivered();
    expect(await two.getToken()).toBe(token);
    expect(await other.getToken()).not.toBe(token);
    expect(requested()).toBe(2);
  });

  test('sign out together', async () => {
    const [one, two] = [manager(), manager({ audience: 'urn:other' })];
    await one.getToken();
    const kept = await two.getToken();
    await delivered();
    one.clear();
    await delivered();
    expect(reasons).toEqual(['other_tab']);
    expect(await two.getToken()).not.toBe(kept);
  });

  test('learn that the session ended', async () => {
    const [one, two] = [manager(), manager({ audience: 'urn:other' })];
    await two.getToken();
    auth.signIn(false);
    expect(await one.getToken()).toBeNull();
    await delivered();
    expect(reasons).toEqual(['session_ended', 'other_tab']);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('of the page');
      },
    ],
    ['rejects', () => Promise.reject(new Error('of the page'))],
  ])('learn that the session ended although onSignedOut %s, which is called once', async (_, fail) => {
    let calls = 0;
    const onSignedOut = () => {
      calls++;
      return fail();
    };
    const [one] = [manager({ onSignedOut }), manager({ audience: 'urn:other' })];
    auth.signIn(false);
    expect(await one.getToken()).toBeNull();
    expect(await one.getToken()).toBeNull();
    await delivered();
    expect([calls, reasons]).toEqual([1, ['other_tab']]);
  });

  test('learn that the session ended although the storage cannot forget', async () => {
    const storage = {
      ...memoryStorage(),
      length: 1,
      key: () => `gatehouse:${auth.url} `,
      removeItem: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    };
    const [one] = [manager({ storage }), manager({ audience: 'urn:other' })];
    auth.signIn(false);
    await expect(one.getToken()).rejects.toThrow('denied');
    await delivered();
    expect(reasons).toEqual(['session_ended', 'other_tab']);
  });

  test('are not told by what is no message', async () => {
    const tokens = manager();
    const one = await tokens.getToken();
    const channel = new BroadcastChannel(`gatehouse:${auth.url}`);
    const accessToken = { token: 'forged', obtainedAt: start * 1000, order: start * 2000 };
    for (const message of [
      null,
      'signed_out',
      { type: 'signed_out' },
      { type: 'token', accessToken },
      { type: 'token' },
    ]) {
      channel.postMessage(message);
    }
    channel.close();
    await delivered();
    expect(await tokens.getToken()).toBe(one);
    expect(reasons).toEqual([]);
  });
});
