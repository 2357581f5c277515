import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startManagers } from './managers.ts';
import { memoryStorage } from './tokens.ts';

const world = await startManagers();
const { auth, delivered, manager, next, reasons, requested } = world;
afterAll(() => world.auth.stop());
beforeEach(world.reset);
afterEach(world.close);

describe('storage, where it is asked for', () => {
  test('keeps the token for the next page, until sign-out', async () => {
    const storage = memoryStorage();
    const one = await next(manager({ storage }));
    const reloaded = manager({ storage });
    expect(await next(reloaded)).toBe(one);
    expect(requested()).toBe(1);
    reloaded.clear();
    expect([...storage.items.keys()]).toEqual([`gatehouse:${auth.url}`]);
    expect(await next(manager({ storage }))).not.toBe(one);
  });

  test('forgets at sign-out what managers put there that are gone, for every audience, and nothing else', async () => {
    const storage = memoryStorage();
    storage.setItem('theme', 'dark');
    const gone = manager({ storage, audience: 'urn:other' });
    const one = await next(gone);
    gone.close();
    const key = `gatehouse:${auth.url} urn:other`;
    // The beginning of the URL is another server.
    manager({ storage, baseURL: 'http://127.0.0.1' }).clear();
    expect([...storage.items.keys()]).toEqual(['theme', key, 'gatehouse:http://127.0.0.1']);
    manager({ storage }).clear();
    expect([...storage.items.keys()]).toEqual(['theme', 'gatehouse:http://127.0.0.1', `gatehouse:${auth.url}`]);
    expect(await next(manager({ storage, audience: 'urn:other' }))).not.toBe(one);
  });

  test('remembers a sign-out: what was asked for before it is not used, though it is there', async () => {
    const storage = memoryStorage();
    const one = await next(manager({ storage }));
    const entry = [...storage.items].at(-1)!;
    manager({ storage }).clear();
    storage.setItem(...entry);
    const two = await next(manager({ storage }));
    expect(two).not.toBe(one);
    expect(await next(manager({ storage }))).toBe(two);
  });

  test('remembers a sign-out by a clock that was set back since', async () => {
    const storage = memoryStorage();
    manager({ storage }).clear();
    world.time -= 3600;
    const one = await next(manager({ storage }));
    expect(await next(manager({ storage }))).toBe(one);
    expect(requested()).toBe(1);
  });

  test('takes no answer that was under way during a sign-out of which the manager did not hear', async () => {
    const storage = memoryStorage();
    const tokens = manager({ storage });
    tokens.close();
    auth.hold(async () => {
      auth.hold(undefined);
      auth.signIn(false);
      manager({ storage, audience: 'urn:other' }).clear();
    });
    expect(await tokens.getToken()).toBeNull();
    expect([...storage.items.keys()]).toEqual([`gatehouse:${auth.url}`]);
  });

  test('keeps a token that was asked for after a sign-out that arrives late', async () => {
    const storage = memoryStorage();
    const late = manager({ storage, audience: 'urn:other' });
    await late.getToken();
    const behind = manager({ storage: undefined, now: () => new Date((world.time - 100) * 1000) });
    behind.clear();
    await delivered();
    expect(storage.items.has(`gatehouse:${auth.url} urn:other`)).toBe(true);
    expect(reasons).toEqual([]);
  });

  test('is kept apart by audience', async () => {
    const storage = memoryStorage();
    const one = await next(manager({ storage }));
    expect(await next(manager({ storage, audience: 'urn:other' }))).not.toBe(one);
  });

  test.each(['', 'null', '{', '[]', '{"token":1}', '{"token":"a.b.c","obtainedAt":1,"order":1}'])(
    'that holds %j is as good as empty',
    async (stored) => {
      const storage = memoryStorage();
      storage.setItem(`gatehouse:${auth.url} `, stored);
      expect(await manager({ storage }).getToken()).not.toBeNull();
    },
  );

  test('that is full or forbidden costs nothing but requests; one that cannot forget is an error', async () => {
    const fail = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const tokens = manager({ storage: { getItem: fail, setItem: fail, removeItem: fail, key: fail, length: 1 } });
    const one = await next(tokens);
    expect(await next(tokens)).toBe(one);
    expect(() => tokens.clear()).toThrow('denied');
    expect(await next(tokens)).not.toBe(one);
  });

  test('is not touched unless asked for', async () => {
    const touched: string[] = [];
    const trap = new Proxy({}, { get: (_, name) => touched.push(String(name)) });
    const names = ['localStorage', 'sessionStorage'] as const;
    for (const name of names) Object.defineProperty(globalThis, name, { value: trap, configurable: true });
    try {
      const tokens = manager();
      await next(tokens);
      tokens.clear();
      expect(touched).toEqual([]);
    } finally {
      for (const name of names) Reflect.deleteProperty(globalThis, name);
    }
  });
});
