import type { Tab } from './tab.ts';

/** What the test looks at. */
export interface Outcome {
  readonly signedIn: number;
  readonly first: (string | null)[];
  readonly requestsForAll: number;
  readonly lateTab: string | null;
  readonly requestsOfLateTab: number;
  readonly order: { status: number; body: string };
  readonly requestsInAll: number;
  readonly stored: number;
  readonly signedOut: number;
  readonly reasons: string[][];
  readonly afterSignOut: (string | null)[];
}

declare const tab: Tab;

const auth = new URLSearchParams(location.search).get('auth')!;
const post = (path: string, body: object) =>
  fetch(auth + path, {
    method: 'POST',
    credentials: 'include',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

const openTab = () =>
  new Promise<Tab>((resolve) => {
    Object.assign(window, { ready: resolve });
    window.open(`/tab${location.search}`, '_blank');
  });

/** Until it holds; messages between tabs take their time. */
async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const tokensOf = (tabs: Tab[]) => Promise.all(tabs.map((each) => each.getToken()));

async function run(): Promise<Outcome> {
  const allHave = (wanted: string | null) =>
    eventually(async () => (await tokensOf(tabs)).every((token) => token === wanted));

  const { email, password } = (await (await fetch('/user')).json()) as { email: string; password: string };
  const signedIn = (await post('/api/auth/sign-in/email', { email, password })).status;
  const tabs = [tab, await openTab(), await openTab()];
  const first = await tokensOf(tabs);
  const requestsForAll = tabs.reduce((sum, each) => sum + each.requests(), 0);

  const late = await openTab();
  const lateTab = await late.getToken();
  const requestsOfLateTab = late.requests();
  tabs.push(late);
  await allHave(lateTab);

  // The resource server refuses the first token that it sees.
  const order = await tab.order('an order');
  const renewed = await tab.getToken();
  await allHave(renewed);
  const requestsInAll = tabs.reduce((sum, each) => sum + each.requests(), 0);
  const stored = localStorage.length + sessionStorage.length + (await indexedDB.databases()).length;

  const signedOut = (await post('/api/auth/sign-out', {})).status;
  tab.clear();
  await eventually(() => tabs.slice(1).every(({ reasons }) => reasons.length > 0));
  const reasons = tabs.map((each) => [...each.reasons]);
  const afterSignOut = await tokensOf(tabs);
  return {
    signedIn,
    first,
    requestsForAll,
    lateTab,
    requestsOfLateTab,
    order,
    requestsInAll,
    stored,
    signedOut,
    reasons,
    afterSignOut,
  };
}

run()
  .catch((error: Error) => ({ error: `${error.name}: ${error.message}` }))
  .then((outcome) => fetch('/outcome', { method: 'POST', body: JSON.stringify(outcome) }));
