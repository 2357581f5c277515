import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clientIpHeader } from '../../../contract/routes.ts';
import { proxyEvent as schema } from '../../../lambda/gateway/event.ts';
import { toRequest } from '../../../lambda/gateway/to-request.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { proxyEvent } from '../../support/event.ts';
import { type Browser, baseUrl, frozenClock, type Stack, startStack, toAnswer } from '../../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const known = [
  'X-Forwarded-For',
  'X-Forwarded',
  'X-Forwarded-Host',
  'Forwarded',
  'Forwarded-For',
  'X-Real-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'X-Original-Forwarded-For',
  'X-Original-URL',
  'X-Rewrite-URL',
  'Via',
  'True-Client-IP',
  'CF-Connecting-IP',
  'CF-Connecting-IPv6',
  'CF-Pseudo-IPv4',
  'Fastly-Client-IP',
  'Fly-Client-IP',
  'DO-Connecting-IP',
  'X-Appengine-User-IP',
  'X-Azure-ClientIP',
  'X-Envoy-External-Address',
  'CloudFront-Viewer-Address',
  'X-Gatehouse-Client-IP',
  'X-Gatehouse-Origin-Secret',
  'X_Forwarded_For',
];
const claimed = [
  '10.0.0.1',
  '2001:db8::1',
  '10.0.0.1, 10.0.0.2',
  'for=10.0.0.1;proto=https',
  '10.0.0.1:443',
  'unknown',
];

/** Upper and lower case letter by letter. */
const spelled = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) => [...name].map((c, at) => (upper[at] ? c.toUpperCase() : c.toLowerCase())).join(''));
const headerName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...known).chain(spelled) },
  fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,30}$/),
);
/** One value or several, in one field or folded over lines. */
const headerValues = fc.array(
  fc.oneof(
    fc.constantFrom(...claimed),
    fc.tuple(fc.constantFrom(...claimed), fc.constantFrom(...claimed)).map((two) => two.join(',\r\n ')),
  ),
  { minLength: 1, maxLength: 3 },
);
const clientHeaders = fc
  .array(fc.tuple(headerName, headerValues), { maxLength: 8 })
  .map((pairs) =>
    Object.fromEntries(pairs.filter(([name]) => !/^(cookie|authorization|origin|referer|content-|host)/i.test(name))),
  );

describe('nothing that a client can send', () => {
  test('changes the address that Better Auth is told', () => {
    fc.assert(
      fc.property(clientHeaders, (headers) => {
        const event = schema.parse(proxyEvent({ path: '/api/auth/ok', headers, sourceIp: '203.0.113.77' }));
        let request: Request;
        try {
          request = toRequest(event, baseUrl, '203.0.113.77');
        } catch (error) {
          // A value that HTTP does not allow is refused as a whole.
          expect(error).toMatchObject({ code: 'MALFORMED_HEADER' });
          return;
        }
        expect(request.headers.get(clientIpHeader)).toBe('203.0.113.77');
        const claims = [...request.headers.keys()].filter((name) =>
          known.some((header) => header.toLowerCase() === name),
        );
        expect(claims.filter((name) => name !== clientIpHeader && name !== 'x_forwarded_for')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('changes what a request is counted under, or what the audit says of it', async () => {
    const limits = { default: { window: 60, max: 1000 } } as const;
    const browser = await stack.start({ now: frozenClock(), options: { limits } });
    let left = 1000;
    await fc.assert(
      fc.asyncProperty(clientHeaders, async (headers) => {
        const event = proxyEvent({ method: 'POST', path: '/api/auth/nowhere', headers, sourceIp: '203.0.113.77' });
        let answer: ReturnType<typeof toAnswer> | undefined;
        const output = await captureLogs(async () => {
          answer = toAnswer(await browser.application(event));
        });
        expect(auditEvents(output)).toMatchObject([{ src_endpoint: { ip: '203.0.113.77' } }]);
        if (answer!.status === 400) return;
        left -= 1;
        expect(answer!.headers.get('ratelimit')).toContain(`;r=${left};`);
      }),
      { numRuns: 60 },
    );
  });
});

describe.each([
  ['cloudfront', undefined, 'CloudFront-Viewer-Address', (address: string) => `${address}:46532`],
  ['cloudflare', undefined, 'CF-Connecting-IP', (address: string) => address],
  ['header', 'Client-Address', 'client-address', (address: string) => address],
] as const)('behind a front of the kind %s', (from, header, frontHeader, written) => {
  const secrets = ['first-secret-of-the-front-0123456789', 'second-secret-of-the-front-012345678'] as const;
  let arn: string;
  let time = Date.parse('2026-01-01T00:00:00Z');
  let browser: Browser;
  beforeAll(async () => {
    const name = `front-${from}`;
    const created = await stack.clients.secretsManager.send(
      new CreateSecretCommand({ Name: name, SecretString: JSON.stringify([secrets[0]]) }),
    );
    arn = created.ARN!;
    browser = await start();
  });
  const start = () =>
    stack.start({
      now: () => new Date(time),
      variables: { GATEHOUSE_CLIENT_ADDRESS: JSON.stringify({ from, header, originSecretArn: arn }) },
    });
  const send = (headers: Record<string, string | string[]>, through = browser) =>
    through.send({ path: '/api/auth/list-sessions', headers, sourceIp: '192.0.2.200' });
  const told = (address: string, secret: string = secrets[0]) => ({
    [frontHeader]: written(address),
    'X-Gatehouse-Origin-Secret': secret,
  });
  const addressOf = async (headers: Record<string, string | string[]>) => {
    const output = await captureLogs(() => send(headers));
    return (auditEvents(output)[0] as unknown as { src_endpoint: { ip: string } }).src_endpoint.ip;
  };

  test.each(['198.51.100.10', '2001:db8:1:2::7'])('the client’s address is what it tells: %s', async (address) => {
    expect(await addressOf(told(address))).toBe(address);
  });

  test.each([
    ['without its secret', { [frontHeader]: written('198.51.100.10') }],
    ['with a wrong one', told('198.51.100.10', 'x'.repeat(36))],
    ['with part of one', told('198.51.100.10', secrets[0].slice(0, -1))],
    ['with an empty one', told('198.51.100.10', '')],
    ['with several', { ...told('198.51.100.10'), 'x-gatehouse-origin-secret': [secrets[0], secrets[0]] }],
  ])('a request %s is refused, on every path', async (_, headers) => {
    for (const path of ['/api/auth/list-sessions', '/.well-known/jwks.json', '/health']) {
      const answer = await browser.send({ path, headers, sourceIp: '198.51.100.10' });
      expect(answer).toMatchObject({ status: 403, json: { code: 'DIRECT_ACCESS_REFUSED' } });
    }
    const output = await captureLogs(() => send(headers));
    expect(auditEvents(output)).toMatchObject([
      { status_code: 'DIRECT_ACCESS_REFUSED', src_endpoint: { ip: '192.0.2.200' } },
    ]);
    expect(output).not.toContain(secrets[0].slice(0, -1));
  });

  test.each([
    ['none', {}],
    ['two', { [frontHeader]: [written('198.51.100.10'), written('198.51.100.11')] }],
    ['a list', { [frontHeader]: written('198.51.100.10, 198.51.100.11') }],
    ['garbage', { [frontHeader]: 'garbage' }],
  ])('an address that it cannot have told, %s, is refused', async (_, headers) => {
    const answer = await send({ 'X-Gatehouse-Origin-Secret': secrets[0], ...headers });
    expect(answer).toMatchObject({ status: 400, json: { code: 'CLIENT_ADDRESS_UNKNOWN' } });
  });

  test('the secret rotates through a list of two, without a deployment', async () => {
    const put = (accepted: readonly string[]) =>
      stack.clients.secretsManager.send(
        new PutSecretValueCommand({ SecretId: arn, SecretString: JSON.stringify(accepted) }),
      );
    const statuses = async () => [
      (await send(told('198.51.100.10', secrets[0]))).status,
      (await send(told('198.51.100.10', secrets[1]))).status,
    ];
    expect(await statuses()).toEqual([401, 403]);
    await put(secrets);
    time += 60_000;
    expect(await statuses()).toEqual([401, 401]);
    await put([secrets[1]]);
    time += 60_000;
    expect(await statuses()).toEqual([403, 401]);
    // What is no list of secrets changes nothing.
    await put(['too short']);
    time += 60_000;
    expect(await statuses()).toEqual([403, 401]);
    const cold = await send(told('198.51.100.10', secrets[1]), await start());
    expect(cold).toMatchObject({ status: 503, json: { code: 'SECRET_UNAVAILABLE' } });
    await put([secrets[0]]);
    time += 60_000;
    expect(await statuses()).toEqual([401, 403]);
  });
});

test.each([
  [{ from: 'header', originSecretArn: 'arn' }, "from: 'header' needs the name of the header"],
  [{ from: 'header', header: 'X-Forwarded-For', originSecretArn: 'arn' }, 'clients can put addresses into it'],
  [{ from: 'cloudflare', header: 'X-Y', originSecretArn: 'arn' }, "is for from: 'header' only"],
  [{ from: 'cloudflare' }, 'GATEHOUSE_CLIENT_ADDRESS'],
])('the front %j is refused at init', async (source, message) => {
  const variables = { GATEHOUSE_CLIENT_ADDRESS: JSON.stringify(source) };
  await expect(stack.start({ variables })).rejects.toThrow(message);
});
