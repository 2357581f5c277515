import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectAt } from './connect-at.ts';

const url = 'https://id.execute-api.eu-west-1.amazonaws.com/live';
let server: Server;
let reach: typeof fetch;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method, url: path, headers } = request;
    const { host, origin, cookie } = headers;
    response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Path=/']);
    response.writeHead(method === 'OPTIONS' ? 204 : 302, { location: 'https://elsewhere.example/' });
    response.end(JSON.stringify({ method, path, host, origin, cookie, body: await text(request) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  reach = connectAt(url, { origin, host: 'id.execute-api.localhost' });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('keeps path, query, headers and body, and says the host it was told', async () => {
  const headers = { origin: 'https://app.example.com', cookie: 'c=3' };
  const response = await reach(`${url}/api/auth/x?y=1&z=%2F`, { method: 'POST', headers, body: '{"ä":1}' });
  expect(await response.json()).toEqual({
    method: 'POST',
    path: '/live/api/auth/x?y=1&z=%2F',
    host: 'id.execute-api.localhost',
    ...headers,
    body: '{"ä":1}',
  });
});

test('follows no redirect, and keeps several cookies several', async () => {
  const response = await reach(new URL(`${url}/health`));
  expect([response.status, response.headers.get('location')]).toEqual([302, 'https://elsewhere.example/']);
  expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/']);
  expect((await reach(`${url}/health`, { method: 'OPTIONS' })).status).toBe(204);
});

test('refuses what is not below the base URL: a stage that was lost on the way', async () => {
  await expect(reach('https://id.execute-api.eu-west-1.amazonaws.com/api/auth/x')).rejects.toThrow('is not below');
});
