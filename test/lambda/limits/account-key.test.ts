import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import * as z from 'zod';
import type { LimitOptions } from '../../../lambda/limits/limit-options.ts';
import { type Browser, frozenClock, origin, type Stack, startStack } from '../../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const formMediaType = 'application/x-www-form-urlencoded';
const takesForms = { allowedMediaTypes: [formMediaType, 'application/json'] };
const plugin: BetterAuthPlugin = {
  id: 'job',
  endpoints: {
    byEmail: createAuthEndpoint(
      '/job/email',
      { method: 'POST', body: z.object({ email: z.string() }), metadata: takesForms },
      async ({ body, json }) => json({ about: body.email }),
    ),
    byUsername: createAuthEndpoint(
      '/job/username',
      { method: 'POST', body: z.object({ username: z.string() }) },
      async ({ body, json }) => json({ about: body.username }),
    ),
  },
};
const byAccount = { paths: { '/job/*': { window: 60, max: 1, key: ['account'] } } } as const;
const start = (limits: LimitOptions) =>
  stack.start({ now: frozenClock(), options: { plugins: [plugin], limits }, variables: { GATEHOUSE_STAGE: 'dev' } });

/** Each from a source of its own: only the account can be what counts. */
const post = (container: Browser, path: string, body: string | object, contentType = 'application/json') =>
  container.another().send({
    method: 'POST',
    path: `/api/auth${path}`,
    body,
    headers: { 'Content-Type': contentType, Origin: origin },
  });

describe('a limit by account reads the body as the endpoint does', () => {
  test.each<[string, (account: string) => string | object, string]>([
    ['a form', (account) => `email=${account}`, formMediaType],
    ['a form whose type has capitals', (account) => `email=${account}`, 'Application/X-WWW-Form-URLencoded'],
    ['a form with parameters', (account) => `email=${account}`, `${formMediaType} ; charset=application/json`],
    ['JSON with parameters', (email) => ({ email }), `application/json; as=${formMediaType}`],
    ['a form that names the field twice', (account) => `email=other&email=${account}`, formMediaType],
  ])('%s', async (name, body, contentType) => {
    const container = await start(byAccount);
    const account = name.replaceAll(' ', '-').toLowerCase();
    expect((await post(container, '/job/email', { email: account })).status).toBe(200);
    expect((await post(container, '/job/email', body(account), contentType)).status).toBe(429);
    const other = await post(container, '/job/email', body(`not-${account}`), contentType);
    expect(other.json).toEqual({ about: `not-${account}` });
  });

  test('a field that it ignores makes no counter of its own', async () => {
    const container = await start(byAccount);
    const answers = [];
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) {
      answers.push(await post(container, '/job/username', { username: 'ada', email }));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 429, 429]);
  });
});

test('a function of the options may read the body, and the endpoint still gets it', async () => {
  const container = await start({
    paths: {
      '/job/email': async (request, current) => {
        const { email } = (await request.json()) as { email: string };
        return email.endsWith('@example.com') ? { window: 60, max: 0 } : current;
      },
    },
  });
  expect((await post(container, '/job/email', { email: 'ada@example.com' })).status).toBe(429);
  const answer = await post(container, '/job/email', { email: 'ada@example.org' });
  expect(answer).toMatchObject({ status: 200, json: { about: 'ada@example.org' } });
});

test('a factor makes no counter of failures larger than an item of the table should be', async () => {
  const limit = { window: 60, max: 500 } as const;
  const container = await start({
    paths: { '/job/email': { ...limit, count: 'failures' }, '/job/username': limit },
  });
  const policy = async (path: string) => {
    const answer = await container.send({ method: 'POST', path, body: {}, sourceIp: '192.0.2.1' });
    return answer.headers.get('ratelimit-policy');
  };
  expect(await policy('/api/auth/job/email')).toBe('"source";q=1000;w=60');
  expect(await policy('/api/auth/job/username')).toBe('"source";q=5000;w=60');
});
