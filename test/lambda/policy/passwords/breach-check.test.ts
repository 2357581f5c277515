import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { isBreached } from '../../../../lambda/policy/passwords/breach-check.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/range`;
}

const breached = 'password1234';
const sha1 = createHash('sha1').update(breached).digest('hex').toUpperCase();
const suffix = sha1.slice(5);
const other = '0'.repeat(35);
const check = (endpoint: string, timeout = 5000) => isBreached(breached, { endpoint, timeout });
const answering = (text: string, status = 200) =>
  serve((_request, response) => void response.writeHead(status).end(text));

/** To a good answer. */
const redirecting = () =>
  serve(({ url }, response) => {
    if (url === '/elsewhere') response.end(`${other}:1`);
    else response.writeHead(302, { Location: '/elsewhere' }).end();
  });

describe('the breach check', () => {
  test('sends five digits of the hash and asks for padding', async () => {
    const seen: unknown[] = [];
    const endpoint = await serve(({ url, method, headers, rawHeaders }, response) => {
      seen.push(method, url, headers['add-padding'], headers['user-agent']);
      expect([url, ...rawHeaders].join()).not.toContain(suffix);
      response.end(`${other}:1`);
    });
    await check(endpoint);
    await check(`${endpoint}/`);
    const request = ['GET', `/range/${sha1.slice(0, 5)}`, 'true', 'cdk-gatehouse'];
    expect(seen).toEqual([...request, ...request]);
  });

  test.each([
    ['is known', `${other}:3\r\n${suffix}:17\r\n${'F'.repeat(35)}:1`, true],
    ['is known, in lower case and with line feeds', `${other}:3\n${suffix.toLowerCase()}:17\n`, true],
    ['is only padding', `${other}:3\r\n${suffix}:0\r\n`, false],
    ['is not among the others', `${other}:3\r\n${'F'.repeat(35)}:0`, false],
  ])('of a password that %s', async (_, text, expected) => {
    expect(await check(await answering(text))).toBe(expected);
  });

  test.each([
    ['an error', () => answering(`${other}:1`, 500)],
    ['a limit', () => answering(`${other}:1`, 429)],
    ['some proxy’s page', () => answering('<html>Please log in to the guest network</html>')],
    ['nothing', () => answering('')],
    ['half a line', () => answering(`${other}:1\r\n${suffix.slice(0, 20)}`)],
    ['a redirect', redirecting],
    ['a broken connection', () => serve((request) => void request.socket.destroy())],
  ])('does not take %s for an answer', async (_, start) => {
    await expect(check(await start())).rejects.toMatchObject({ code: 'BREACH_CHECK_UNAVAILABLE' });
  });

  test('ends when the service takes too long, to begin or to end', async () => {
    const silent = await serve(() => {});
    const endless = await serve((_request, response) => void response.writeHead(200).write(`${other}:1\r\n`));
    for (const endpoint of [silent, endless]) {
      await expect(check(endpoint, 100)).rejects.toMatchObject({
        code: 'BREACH_CHECK_UNAVAILABLE',
        cause: { name: 'TimeoutError' },
      });
    }
  });
});
