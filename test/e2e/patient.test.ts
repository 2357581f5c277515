import { expect, test } from '@jest/globals';
import { patient } from './patient.ts';

/** Answers with a 429 as often as there are waits, then with 200. */
function limited(...waits: string[]) {
  let requests = 0;
  const reach: typeof fetch = async () => {
    const wait = waits[requests++];
    return wait === undefined ? new Response() : new Response(null, { status: 429, headers: { 'retry-after': wait } });
  };
  return { reach, requests: () => requests };
}

test.each([
  ['waits once', ['0'], 200, 2],
  ['and only once', ['0', '0'], 429, 2],
  ['not for long', ['11'], 429, 1],
])('%s', async (_, waits, status, requests) => {
  const server = limited(...waits);
  expect((await patient(server.reach)('https://auth.example.com')).status).toBe(status);
  expect(server.requests()).toBe(requests);
});
