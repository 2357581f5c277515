import { createTokenManager, type SignedOutReason } from '../../../client/index.ts';

/** What a page of the test does; the first one opens the others and calls them. */
export interface Tab {
  getToken(): Promise<string | null>;
  order(body: string): Promise<{ status: number; body: string }>;
  clear(): void;
  readonly reasons: SignedOutReason[];
  /** Requests to the auth server for a token. */
  requests(): number;
}

const auth = new URLSearchParams(location.search).get('auth')!;
const reasons: SignedOutReason[] = [];
const tokens = createTokenManager({
  baseURL: auth,
  resourceOrigins: [location.origin],
  onSignedOut: (reason) => reasons.push(reason),
});

const tab: Tab = {
  getToken: () => tokens.getToken(),
  async order(body) {
    const answer = await tokens.fetchWithToken('/orders', { method: 'POST', body });
    return { status: answer.status, body: await answer.text() };
  },
  clear: () => tokens.clear(),
  reasons,
  requests: () =>
    performance.getEntriesByType('resource').filter(({ name }) => new URL(name).pathname === '/api/auth/token').length,
};
Object.assign(window, { tab });
(window.opener as { ready?: (tab: Tab) => void } | null)?.ready?.(tab);
