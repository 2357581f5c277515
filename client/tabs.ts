import { isRecord } from '../verify/strict-json.ts';
import { type AccessToken, readAccessToken } from './access-token.ts';

/** What tabs of one origin tell one another about one auth server. */
export type TabMessage =
  | { readonly type: 'token'; readonly audience: string | undefined; readonly accessToken: AccessToken }
  | { readonly type: 'signed_out'; readonly order: number };

export interface Tabs {
  /** Tells the other tabs, and other managers of this page. */
  tell(message: TabMessage): void;
  /**
   * Runs `work` while no other tab runs its own under this name. `waited` says that another did in the meantime. A tab that keeps
   * the others waiting for longer than `patience`, in seconds, is passed over.
   */
  alone<T>(name: string, patience: number, work: (waited: boolean) => Promise<T>): Promise<T>;
  close(): void;
}

/** Where the browser lacks BroadcastChannel or Web Locks (both are for secure contexts only), each tab is on its own. */
export function openTabs(baseURL: string, onMessage: (message: TabMessage) => void): Tabs {
  const name = `gatehouse:${baseURL}`;
  let channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : undefined;
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined;
  // Outside browsers an open channel would keep the process.
  (channel as { unref?: () => void } | undefined)?.unref?.();
  channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = readMessage(data);
    if (message) onMessage(message);
  });

  return {
    tell: (message) => channel?.postMessage(message),
    async alone(part, patience, work) {
      if (!locks) return work(false);
      const lock = `${name}:${part}`;
      const free = await locks.request(
        lock,
        { ifAvailable: true },
        async (held) => held && { done: await work(false) },
      );
      if (free) return free.done;
      let started = false;
      try {
        return await locks.request(lock, { signal: AbortSignal.timeout(patience * 1000) }, () => {
          started = true;
          return work(true);
        });
      } catch (error) {
        if (started) throw error;
        return work(true);
      }
    },
    close() {
      channel?.close();
      // Whoever closes may still wait for a token, or sign out: a closed channel would throw then.
      channel = undefined;
    },
  };
}

function readMessage(data: unknown): TabMessage | undefined {
  if (!isRecord(data)) return undefined;
  if (data.type === 'signed_out') {
    return Number.isFinite(data.order) ? { type: 'signed_out', order: data.order as number } : undefined;
  }
  const { audience } = data;
  const accessToken = readAccessToken(data.accessToken);
  if (data.type !== 'token' || !accessToken || !(audience === undefined || typeof audience === 'string'))
    return undefined;
  return { type: 'token', audience, accessToken };
}
