import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { LocalError } from '../../local/errors.ts';
import { type LocalGateway, startGateway } from '../../local/gateway.ts';

let gateway: LocalGateway;
let event: APIGatewayProxyEvent | undefined;
let result: unknown;
let errors: unknown[];

beforeAll(async () => {
  gateway = await startGateway({
    port: 0,
    stage: 'dev',
    binaryMediaTypes: ['image/*'],
    pages: { '/local/mail': () => [{ subject: 'x' }] },
    onError: (error) => errors.push(error),
    invoke: async (given) => {
      event = given as APIGatewayProxyEvent;
      if (result instanceof Error) throw result;
      return result;
    },
  });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  event = undefined;
  errors = [];
  result = { statusCode: 200, body: 'ok' };
});

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  readonly host?: string;
}

/** node:http, since fetch neither sets Host nor repeats a header. */
function send({ path = '/x', method = 'GET', headers = {}, body, host = '127.0.0.1' }: Sent = {}) {
  return new Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: string }>(
    (resolve, reject) => {
      const sent = request({ host, port: gateway.port, path, method, headers }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('latin1'),
        });
      });
      sent.once('error', reject).end(body);
    },
  );
}

describe('the event', () => {
  test('has the shape of a REST API proxy event', async () => {
    await send({
      path: '/api/auth/sign-in/email?a=1',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
    expect(event).toMatchObject({
      resource: '/{proxy+}',
      path: '/api/auth/sign-in/email',
      httpMethod: 'POST',
      headers: { 'Content-Type': 'application/json' },
      multiValueHeaders: { 'Content-Type': ['application/json'] },
      queryStringParameters: { a: '1' },
      multiValueQueryStringParameters: { a: ['1'] },
      pathParameters: { proxy: 'api/auth/sign-in/email' },
      stageVariables: null,
      body: '{}',
      isBase64Encoded: false,
      requestContext: {
        stage: 'dev',
        path: '/api/auth/sign-in/email',
        httpMethod: 'POST',
        protocol: 'HTTP/1.1',
        identity: { sourceIp: '127.0.0.1' },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        requestTime: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      },
    });
  });

  test('keeps every value of a repeated header and parameter, and the last as the single one', async () => {
    await send({ path: '/x?a=1&a=2&b=%20c', headers: { 'X-Many': ['one', 'two'] } });
    expect(event?.multiValueHeaders['X-Many']).toEqual(['one', 'two']);
    expect(event?.headers['X-Many']).toBe('two');
    expect(event?.multiValueQueryStringParameters).toEqual({ a: ['1', '2'], b: [' c'] });
    expect(event?.queryStringParameters).toEqual({ a: '2', b: ' c' });
  });

  test('has null where there is nothing', async () => {
    await send();
    expect(event).toMatchObject({ body: null, queryStringParameters: null, multiValueQueryStringParameters: null });
  });

  test('appends the peer to what the client claims in X-Forwarded-For', async () => {
    await send({ headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect(event?.headers['X-Forwarded-For']).toBe('203.0.113.7, 127.0.0.1');
    expect(event?.requestContext.identity.sourceIp).toBe('127.0.0.1');
    await send();
    expect(event?.multiValueHeaders['X-Forwarded-For']).toEqual(['127.0.0.1']);
  });

  test('leaves out the headers of the connection', async () => {
    await send({ method: 'POST', headers: { TE: 'trailers', 'Content-Length': '2' }, body: 'ab' });
    const names = Object.keys(event?.headers ?? {}).map((name) => name.toLowerCase());
    expect(names).not.toEqual(expect.arrayContaining(['te']));
    expect(names).not.toEqual(expect.arrayContaining(['connection']));
    expect(names).not.toEqual(expect.arrayContaining(['content-length']));
  });

  test('has a body of a binary media type in base64, any other as text', async () => {
    const bytes = Buffer.from([0xff, 0x00]);
    await send({ method: 'POST', headers: { 'Content-Type': 'image/png' }, body: bytes });
    expect(event).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true });
    await send({ method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: bytes });
    expect(event).toMatchObject({ body: '\ufffd\0', isBase64Encoded: false });
  });
});

describe('the answer', () => {
  test('has each value of multiValueHeaders, which win over headers', async () => {
    result = {
      statusCode: '201',
      headers: { 'Set-Cookie': 'lost=1', 'X-One': 1 },
      multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] },
      body: '{}',
    };
    const answer = await send();
    expect(answer).toMatchObject({ status: 201, body: '{}', headers: { 'set-cookie': ['a=1', 'b=2'], 'x-one': '1' } });
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test('is decoded from base64 only where the client accepts a binary media type', async () => {
    result = { statusCode: 200, headers: { 'content-type': 'image/png' }, body: '/wA=', isBase64Encoded: true };
    expect((await send({ headers: { accept: 'image/png' } })).body).toBe('\xff\0');
    expect((await send({ headers: { accept: 'text/html, image/png' } })).body).toBe('/wA=');
  });

  test('has WWW-Authenticate under the name that API Gateway gives it', async () => {
    result = { statusCode: 401, headers: { 'WWW-Authenticate': 'Bearer' } };
    expect((await send()).headers).toMatchObject({ 'x-amzn-remapped-www-authenticate': 'Bearer' });
  });

  test.each([
    ['nothing', null],
    ['text', 'ok'],
    ['no status', { body: 'ok' }],
    ['a status that is none', { statusCode: 42 }],
    ['a body that is not text', { statusCode: 200, body: { ok: true } }],
    ['headers that are a list', { statusCode: 200, headers: ['a'] }],
    ['a header that is an object', { statusCode: 200, headers: { a: {} } }],
    ['multi-value headers without lists', { statusCode: 200, multiValueHeaders: { a: 'b' } }],
    ['a list of header values with an object', { statusCode: 200, multiValueHeaders: { a: [{}] } }],
    ['a header with a line break', { statusCode: 200, headers: { a: 'b\r\nc: d' } }],
    ['isBase64Encoded that is text', { statusCode: 200, isBase64Encoded: 'false' }],
  ])('is 502 for %s', async (_, malformed) => {
    result = malformed;
    const answer = await send();
    expect([answer.status, JSON.parse(answer.body)]).toEqual([502, { message: 'Internal server error' }]);
    expect(errors).toHaveLength(1);
  });

  test('is 502 for a function that fails, without a word of why', async () => {
    result = new Error('the secret reason');
    const answer = await send();
    expect([answer.status, JSON.parse(answer.body)]).toEqual([502, { message: 'Internal server error' }]);
  });

  test('is 504 for a function that takes too long', async () => {
    result = new LocalError('FUNCTION_TIMED_OUT', 'x');
    const answer = await send();
    expect([answer.status, JSON.parse(answer.body)]).toEqual([504, { message: 'Endpoint request timed out' }]);
  });
});

describe('refused', () => {
  test.each(['evil.example', 'localhost', 'localhost:1', '127.0.0.1.evil.example:PORT', 'localhost:PORT@evil.example'])(
    'the Host %s',
    async (host) => {
      for (const path of ['/x', '/local/mail']) {
        const answer = await send({ path, headers: { host: host.replace('PORT', String(gateway.port)) } });
        expect([answer.status, JSON.parse(answer.body).code]).toEqual([403, 'HOST_NOT_ALLOWED']);
      }
      expect(event).toBeUndefined();
    },
  );

  test.each(['localhost:PORT', 'LOCALHOST:PORT', '127.0.0.1:PORT', '[::1]:PORT'])('not the Host %s', async (host) => {
    expect((await send({ headers: { host: host.replace('PORT', String(gateway.port)) } })).status).toBe(200);
  });

  test('a body over 10 MB', async () => {
    const answer = await send({ method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect(answer.status).toBe(413);
    expect(event).toBeUndefined();
  });

  test('a method that API Gateway does not have', async () => {
    expect((await send({ method: 'TRACE' })).status).toBe(403);
    expect(event).toBeUndefined();
  });

  test('writing to a page of the local stack', async () => {
    const answer = await send({ path: '/local/mail', method: 'POST' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('a port that is taken, with a message that names PORT', async () => {
    const start = startGateway({
      port: gateway.port,
      stage: 'dev',
      pages: {},
      onError: () => {},
      invoke: async () => null,
    });
    await expect(start).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(`port ${gateway.port}`),
    });
  });

  test('a port that is taken on one of the two loopback addresses', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '::1', resolve));
    const { port } = other.address() as AddressInfo;
    const start = startGateway({ port, stage: 'dev', pages: {}, onError: () => {}, invoke: async () => null });
    await expect(start).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await new Promise((resolve) => other.close(resolve));
  });
});

test('a page of the local stack is JSON that no other origin reads', async () => {
  const answer = await send({ path: '/local/mail?x=1' });
  expect(JSON.parse(answer.body)).toEqual([{ subject: 'x' }]);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
});

test('it serves on both loopback addresses', async () => {
  expect((await send({ host: '::1', headers: { host: `localhost:${gateway.port}` } })).status).toBe(200);
  expect(event?.requestContext.identity.sourceIp).toBe('::1');
});
