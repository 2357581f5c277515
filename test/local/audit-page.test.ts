import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditPage } from '../../local/audit-page.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { eventually } from './processes.ts';

const printed: string[] = [];
let stack: LocalStack;
beforeAll(async () => {
  stack = await startStack({ port: 0, print: (line) => printed.push(line) });
});
afterAll(() => stack.stop());

const browse = (query = '') =>
  fetch(`${stack.url}/local/audit${query}`, { headers: { accept: 'text/html,*/*;q=0.8' } });

async function rowsOf(query = ''): Promise<string[]> {
  const [, body = ''] = /<tbody>(.*)<\/tbody>/s.exec(await (await browse(query)).text()) ?? [];
  return [...body.matchAll(/<summary>(.*?)<\/summary>/g)].map(([, event]) => event!);
}

test('shows what a person tries, live: as a page, filtered, as JSON and in the terminal', async () => {
  const signIn = { email: 'ada@example.com', password: 'a wrong password' };
  const post = (path: string, body: object, agent = '') =>
    fetch(`${stack.url}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: stack.url, 'user-agent': agent },
      body: JSON.stringify(body),
    });
  expect(await rowsOf()).toEqual([]);
  await post('sign-up/email', { name: 'Ada', email: 'ada@example.com', password: 'a long enough password' });
  await eventually(() => stack.audit().length === 1);
  expect(await rowsOf()).toEqual(['sign_up']);
  await post('sign-in/email', signIn, '<img src=x onerror=alert(1)>"\'&');
  await eventually(() => stack.audit().length === 2);
  expect(await rowsOf()).toEqual(['sign_in_failed', 'sign_up']);
  expect(await rowsOf('?event=sign_up')).toEqual(['sign_up']);
  expect(await rowsOf('?outcome=failure')).toEqual(['sign_in_failed']);
  const { user } = stack.audit()[0] as { user: { email_hash: string } };
  expect(await rowsOf(`?user=${user.email_hash}&outcome=success`)).toEqual(['sign_up']);
  expect(await rowsOf('?user=nobody')).toEqual([]);

  const html = await (await browse('?user=%22%3E%3Cscript%3Ealert(1)%3C/script%3E')).text();
  expect(html).toContain('value="&#34;&#62;&#60;script&#62;alert(1)');
  expect((await (await browse()).text()).replaceAll(/<(style|script)>.*?<\/\1>/gs, '')).not.toMatch(/<(img|script)/);

  for (const request of [
    fetch(`${stack.url}/local/audit`),
    fetch(`${stack.url}/local/audit.json`, { headers: { accept: 'text/html' } }),
  ]) {
    expect(await (await request).json()).toEqual(JSON.parse(JSON.stringify(stack.audit())));
  }
  await eventually(() => printed.some((line) => line.includes('sign_in_failed')));
  expect(printed).toContainEqual(
    expect.stringMatching(
      /^\[auth\] audit sign_in_failed INVALID_EMAIL_OR_PASSWORD user=[\w-]{43} from=(127\.0\.0\.1|::1)$/,
    ),
  );
});

test('loads nothing from elsewhere, and runs its own script only', async () => {
  const answer = await browse();
  const html = await answer.text();
  const policy = answer.headers.get('content-security-policy')!;
  expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
  for (const element of ['script', 'style']) {
    const [, content = ''] = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(html) ?? [];
    const digest = createHash('sha256').update(content).digest('base64');
    expect(policy).toContain(`${element}-src 'sha256-${digest}'`);
  }
  expect(html).not.toMatch(/https?:|(src|href)="(?!\/local\/)/);
  expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
});

test('its script takes over the rows of the page that it asks for', async () => {
  const { html } = auditPage(() => []);
  const [, script = ''] = /<script>(.*?)<\/script>/s.exec(html(new URLSearchParams())) ?? [];
  let tick: () => Promise<void> = async () => {};
  const replaced: unknown[] = [];
  const elements = { tbody: { replaceWith: (rows: unknown) => replaced.push(rows) } } as Record<string, unknown>;
  const run = new Function('setInterval', 'document', 'location', 'fetch', 'DOMParser', script);
  run(
    (each: typeof tick) => (tick = each),
    { querySelector: (selector: string) => elements[selector] },
    { href: '/local/audit?event=sign_in' },
    async (url: string) => ({ ok: true, text: async () => url }),
    class {
      parseFromString = (text: string) => ({ querySelector: (selector: string) => `${selector} of ${text}` });
    },
  );
  await tick();
  expect(replaced).toEqual(['tbody of /local/audit?event=sign_in']);
  elements['details[open]'] = {};
  await tick();
  expect(replaced).toHaveLength(1);
});
