import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PublishedKey, SigningAlgorithm, SigningKeyState } from '../../contract/signing.ts';
import { formatRecord } from '../../lambda/key-publisher/publication-record.ts';
import { createKeySet } from '../../lambda/tokens/key-set.ts';
import { serveWellKnown } from '../../lambda/tokens/well-known.ts';
import { runKeys } from '../../scripts/keys/run-keys.ts';

type Entry = readonly [id: string, algorithm: SigningAlgorithm, state: SigningKeyState];
const onRecord: Entry[] = [
  ['a', 'ES256', 'active'],
  ['b', 'ES256', 'next'],
  ['r', 'RS256', 'active'],
];

const root = mkdtempSync(join(tmpdir(), 'gatehouse-check-'));
const entries = onRecord.map(
  ([id, algorithm, state]) => `{ id: '${id}', algorithm: '${algorithm}', state: '${state}' }`,
);
writeFileSync(
  join(root, 'gatehouse.config.ts'),
  `export default { stages: { dev: { signingKeys: [${entries.join(', ')}] } } };`,
);

const pairs = new Map<string, string>();
function publicKey(id: string, algorithm: SigningAlgorithm): string {
  const options = { publicKeyEncoding: { type: 'spki', format: 'der' } } as const;
  const generate = () =>
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', {
          modulusLength: 2048,
          ...options,
          privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        })
      : generateKeyPairSync('ec', {
          namedCurve: 'P-256',
          ...options,
          privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        });
  const known = pairs.get(id) ?? generate().publicKey.toString('base64');
  pairs.set(id, known);
  return known;
}

const keySetOf = (keys: readonly Entry[]) =>
  createKeySet(
    keys.map(([id, algorithm, state]): PublishedKey => {
      return { id, algorithm, state, keyArn: `arn:${id}`, publicKey: publicKey(id, algorithm) };
    }),
  );

/** What a deployment answers, and how a test spoils it. */
interface Deployment {
  readonly keys?: readonly Entry[];
  readonly jwksUri?: string;
  readonly spoil?: (path: string, response: Response) => Response | Promise<Response>;
}
let answer: (path: string) => Promise<Response>;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const answered = await answer(request.url ?? '');
    response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(await answered.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await keys('init');
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true });
});
beforeEach(() => deploy());

async function deploy({ keys: deployed = onRecord, jwksUri, spoil }: Deployment = {}): Promise<void> {
  const input = { issuer: url, jwksUri: jwksUri ?? `${url}/.well-known/jwks.json`, keySet: await keySetOf(deployed) };
  const serve = serveWellKnown(input);
  answer = async (path) => {
    const response = serve(path, new Request(url + path)) ?? new Response(null, { status: 404 });
    return spoil ? spoil(path, response) : response;
  };
}

async function keys(...argv: string[]) {
  const output: string[] = [];
  const code = await runKeys(argv, {
    root,
    now: new Date(Date.UTC(2026, 10, 23)),
    print: (text) => output.push(text),
    printError: (text) => output.push(text),
  });
  return { code, output: output.join('\n') };
}

async function differences(...argv: string[]): Promise<string[]> {
  const { code, output } = await keys('check', '--url', url, '--json', ...argv);
  const report = JSON.parse(output) as { differences: { code: string; message: string }[] };
  expect(code).toBe(report.differences.length > 0 ? 1 : 0);
  return report.differences.map((one) => `${one.code}: ${one.message}`);
}

test('what is published as it is on record agrees, and is shown', async () => {
  const { code, output } = await keys('check', '--url', url);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('agrees with signing-keys.lock.json') });
  expect(output).toMatch(/^dev \(Region: any\) at http/);
  expect(output.match(/published: (ES256|RS256) {2}[\w-]{43}$/gm)).toHaveLength(3);
  const json = JSON.parse((await keys('check', '--url', url, '--json')).output);
  expect(json).toMatchObject({
    stage: 'dev',
    region: 'any',
    url,
    keys: [{ algorithm: 'ES256' }, {}, {}],
    differences: [],
  });
});

test.each<[string, Deployment, string[]]>([
  [
    'a key that is not deployed yet',
    { keys: [onRecord[0]!, onRecord[2]!] },
    ["KEY_MISSING: ES256: 2 on record ('a', 'b'), 1 published"],
  ],
  [
    'a key that is still published',
    { keys: [['z', 'ES256', 'retiring'], ...onRecord] },
    ["KEY_UNKNOWN: ES256: 2 on record ('a', 'b'), 3 published"],
  ],
  [
    'a key of an algorithm that nobody asked for',
    { keys: [onRecord[0]!, onRecord[1]!, ['z', 'ES256', 'next']] },
    [
      "KEY_UNKNOWN: ES256: 2 on record ('a', 'b'), 3 published",
      "KEY_MISSING: RS256: 1 on record ('r'), 0 published",
      'DISCOVERY: id_token_signing_alg_values_supported is ["ES256"]; expected is ["ES256","RS256"]',
    ],
  ],
  [
    'another order',
    { keys: [onRecord[2]!, onRecord[0]!, onRecord[1]!] },
    ['KEY_ORDER: published are RS256, ES256, ES256; on record are ES256, ES256, RS256', 'DISCOVERY: id_token'],
  ],
  ['the same key twice', { keys: [onRecord[0]!, onRecord[0]!, onRecord[2]!] }, ['KEY_INVALID: key ']],
  [
    'a key set elsewhere that does not answer',
    { jwksUri: 'http://127.0.0.1:9/jwks.json' },
    ['UNREACHABLE: http://127.0.0.1:9'],
  ],
])('%s', async (_, deployment, expected) => {
  await deploy(deployment);
  const found = await differences();
  expect(found).toHaveLength(expected.length);
  for (const [index, text] of expected.entries()) expect(found[index]).toContain(text);
});

const replaced = (change: (body: { keys: object[] }) => object) => async (path: string, response: Response) =>
  path.endsWith('jwks.json')
    ? Response.json(change((await response.json()) as { keys: object[] }), {
        headers: { 'cache-control': response.headers.get('cache-control')! },
      })
    : response;
const firstKey = (change: object) =>
  replaced(({ keys: [first, ...rest] }) => ({ keys: [{ ...first, ...change }, ...rest] }));

test.each<[string, NonNullable<Deployment['spoil']>, RegExp[]]>([
  [
    'a private key',
    firstKey({ d: 'secret' }),
    [/^KEY_INVALID: key '[\w-]{43}' has the private members d: replace it at once$/],
  ],
  [
    'a name that is no thumbprint',
    firstKey({ kid: 'mine' }),
    [/^KEY_INVALID: key 'mine' is not named after its thumbprint/],
  ],
  ['a key for encryption', firstKey({ use: 'enc' }), [/^KEY_INVALID: .* has the use 'enc'/]],
  [
    'what is no key set',
    replaced(() => ({ keys: 'none' })),
    [/^UNREACHABLE: .*jwks\.json is not what it should be: .*array/s],
  ],
  ['an error', () => new Response(null, { status: 503 }), [/^UNREACHABLE: .* answers with status 503$/]],
  ['a page', () => new Response('<html>'), [/^UNREACHABLE: .* is not what it should be/]],
  [
    'a redirect',
    () => new Response(null, { status: 302, headers: { location: url } }),
    [/^UNREACHABLE: .* does not answer: /],
  ],
  [
    'another caching',
    (_, { body, status }) => new Response(body, { status, headers: { 'cache-control': 'public, max-age=86400' } }),
    [/^CACHE_CONTROL: .*openid-configuration answers 'public, max-age=86400'/, /^CACHE_CONTROL: .*jwks\.json answers/],
  ],
])('%s', async (_, spoil, expected) => {
  await deploy({ spoil });
  const found = await differences();
  expect(found).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});

test('an issuer that is not the address differs: standard clients compare both', async () => {
  const { code, output } = await keys('check', '--url', url.replace('127.0.0.1', 'localhost'));
  expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/DISCOVERY: issuer is "http:\/\/127/) });
});

test('the key set at another address has to be the same one', async () => {
  const jwksUri = `${url}/elsewhere.json`;
  const other = JSON.stringify({ keys: [] });
  await deploy({ jwksUri, spoil: (path, response) => (path === '/elsewhere.json' ? new Response(other) : response) });
  expect(await differences()).toEqual([
    `DISCOVERY: the key set at ${jwksUri} is not the one at ${url}/.well-known/jwks.json`,
  ]);
  const own = await (await answer('/.well-known/jwks.json')).text();
  await deploy({ jwksUri, spoil: (path, response) => (path === '/elsewhere.json' ? new Response(own) : response) });
  expect(await differences()).toEqual([]);
});

async function record(deployed: readonly Entry[]): Promise<string> {
  const { keys: published } = await keySetOf(deployed);
  const all = published.map(({ id, kid, state }) => ({ id, kid: kid.slice(0, 8), state, published: 1, since: 1 }));
  return formatRecord({ previous: '', keys: all });
}

test('with the stack’s own record, keys are compared one by one', async () => {
  expect(await differences('--record', await record(onRecord))).toEqual([]);
  const [a, , r] = onRecord as [Entry, Entry, Entry];
  expect(await differences('--record', await record([a, ['b', 'ES256', 'retiring'], r]))).toEqual([
    "RECORD: key 'b' is next on record, and retiring as deployed",
  ]);
  // As many as on record, and of the right algorithms: only the record tells.
  await deploy({ keys: [a, ['foreign', 'ES256', 'next'], r] });
  expect(await differences()).toEqual([]);
  expect(await differences('--record', await record(onRecord))).toEqual([
    expect.stringMatching(/^KEY_MISSING: key 'b', deployed as '[\w-]{8}…', is not published$/),
    expect.stringMatching(/^KEY_UNKNOWN: key '[\w-]{43}' is published, and not one that the stack deployed$/),
  ]);
  await deploy();
  expect(await differences('--record', await record([a, r, ['c', 'ES256', 'next']]))).toEqual([
    "KEY_MISSING: key 'b' is next on record, and not deployed",
    "KEY_UNKNOWN: key 'c' is next as deployed, and not on record",
    expect.stringMatching(/^KEY_UNKNOWN: key '[\w-]{43}' is published/),
  ]);
  for (const text of ['Keys', (await record(onRecord)).replace('=next', '=old')]) {
    expect(await differences('--record', text)).toEqual([
      `RECORD: '${text}' is not the record of a stack's published keys`,
    ]);
  }
});
