import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalStack, startStack } from '../../../local/stack.ts';
import { createVerifier } from '../../../verify/index.ts';
import { eventually } from '../../local/processes.ts';
import { webBundle } from '../../support/web-bundle.ts';
import { startServer } from '../../verify/key-server.ts';
import { openChromium } from './chromium.ts';
import type { Outcome } from './first-tab.ts';

const user = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery staple' };

/** The application that the tabs show, which is a resource server too. */
let app: Awaited<ReturnType<typeof startServer>>;
let stack: LocalStack;
let outcome: Promise<Outcome>;
/** What the resource server accepted. */
const orders: { sub: string; body: string }[] = [];

beforeAll(async () => {
  const scripts = {
    '/tab.js': await webBundle('test/client/browser/tab.ts'),
    '/first.js': await webBundle('test/client/browser/first-tab.ts'),
  };
  const page = (...names: string[]) =>
    `<!doctype html><meta charset="utf-8">${names.map((name) => `<script type="module" src="${name}"></script>`).join('')}`;
  let refused: string | undefined;
  let settle: (value: Outcome) => void = () => {};
  outcome = new Promise((resolve) => {
    settle = resolve;
  });

  app = await startServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const path = request.url!.split('?')[0]!;
    const reply = (type: string, text: string, code = 200) =>
      response.writeHead(code, { 'Content-Type': type }).end(text);
    if (path in scripts) return reply('text/javascript', scripts[path as keyof typeof scripts]);
    if (path === '/first') return reply('text/html', page('/tab.js', '/first.js'));
    if (path === '/tab') return reply('text/html', page('/tab.js'));
    if (path === '/user') return reply('application/json', JSON.stringify(user));
    if (path === '/outcome') {
      settle(JSON.parse(body) as Outcome);
      return reply('text/plain', '');
    }
    if (path !== '/orders') return reply('text/plain', '', 404);
    const { authorization } = request.headers;
    refused ??= authorization;
    if (authorization === refused) return reply('text/plain', 'not this one', 401);
    const { sub } = await createVerifier({ issuer: stack.url, audience: stack.url }).verifyAuthorization(authorization);
    orders.push({ sub, body });
    return reply('text/plain', 'ordered');
  });
  const origin = app.url.replace('127.0.0.1', 'localhost');
  stack = await startStack({
    port: 0,
    print: () => {},
    overrides: { GATEHOUSE_TRUSTED_ORIGINS: JSON.stringify([origin]) },
  });

  const headers = { 'Content-Type': 'application/json', Origin: stack.url };
  await fetch(`${stack.url}/api/auth/sign-up/email`, { method: 'POST', headers, body: JSON.stringify(user) });
  await eventually(async () => stack.mail().length > 0);
  await fetch(stack.mail()[0]!.link!, { redirect: 'manual' });
}, 60_000);
afterAll(() => Promise.all([app?.stop(), stack?.stop()]));

test('tabs share a token, renew it after a 401, keep it in memory, and sign out together', async () => {
  const origin = app.url.replace('127.0.0.1', 'localhost');
  const chromium = await openChromium(`${origin}/first?auth=${encodeURIComponent(stack.url)}`);
  try {
    const found = await Promise.race([outcome, chromium.failed]);
    expect(found).not.toHaveProperty('error');
    const [token] = found.first;
    expect(found).toEqual({
      signedIn: 200,
      first: [token, token, token],
      requestsForAll: 1,
      lateTab: expect.any(String),
      requestsOfLateTab: 1,
      order: { status: 200, body: 'ordered' },
      // One for three tabs, one for the late one, one for the renewal.
      requestsInAll: 3,
      stored: 0,
      signedOut: 200,
      reasons: [[], ['other_tab'], ['other_tab'], ['other_tab']],
      afterSignOut: [null, null, null, null],
    });
    expect(orders).toEqual([{ sub: expect.any(String), body: 'an order' }]);
  } finally {
    await chromium.stop();
  }
});
