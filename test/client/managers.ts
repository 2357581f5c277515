import { createTokenManager, type TokenManager, type TokenManagerOptions } from '../../client/index.ts';
import { numberOf, start, startAuthServer } from './tokens.ts';

/** Managers of one auth server with a clock that the test sets, and what they said. */
export async function startManagers() {
  const auth = await startAuthServer();
  const made: TokenManager[] = [];
  const reasons: string[] = [];
  let issuedBefore = 0;

  const world = {
    auth,
    /** Seconds since 1970. */
    time: start,
    /** Why the page was told that the user is signed out, in order. */
    reasons,
    manager(options: Partial<TokenManagerOptions> = {}): TokenManager {
      const manager = createTokenManager({
        baseURL: auth.url,
        now: () => new Date(world.time * 1000),
        onSignedOut: (reason) => reasons.push(reason),
        ...options,
      });
      made.push(manager);
      return manager;
    },
    /** The number of the token that a manager gives now. */
    next: async (manager: TokenManager) => numberOf(await manager.getToken()),
    /** How often the auth server was asked in this test. */
    requested: () => auth.requests.length - issuedBefore,
    /** Until every message that was sent is delivered: the channel keeps their order. */
    async delivered() {
      const name = `gatehouse:${auth.url}`;
      const [from, to] = [new BroadcastChannel(name), new BroadcastChannel(name)];
      const arrival = new Promise((resolve) => to.addEventListener('message', resolve));
      from.postMessage('a message that managers ignore');
      await arrival;
      from.close();
      to.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
    reset() {
      world.time = start;
      auth.fail(undefined);
      auth.hold(undefined);
      auth.signIn(true);
      reasons.length = 0;
      issuedBefore = auth.requests.length;
    },
    close() {
      for (const manager of made.splice(0)) manager.close();
    },
  };
  return world;
}
