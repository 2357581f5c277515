import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runDoctor } from '../../scripts/doctor/run-doctor.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-doctor-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder with a configuration and options; both are source text of an object. */
function project(config: string, options = '{}', more: Record<string, string> = {}): string {
  const root = mkdtempSync(join(scratch, 'root-'));
  writeFileSync(join(root, 'gatehouse.config.ts'), `export default ${config};\n`);
  writeFileSync(join(root, 'my-options.ts'), `export default ${options};\n`);
  for (const [name, text] of Object.entries(more)) writeFileSync(join(root, name), text);
  return root;
}

const stageOf = (settings: string, stage = 'prod') =>
  `{ stages: { ${stage}: { mail: { from: 'no-reply@example.com' }, ${settings} authOptions: './my-options.ts' } } }`;

const prod = "domain: { name: 'auth.example.com', hostedZone: { id: 'Z1', name: 'example.com' } },";

async function doctor(root: string, args = '--offline') {
  let [output, errors] = ['', ''];
  const code = await runDoctor(args.split(' ').filter(Boolean), {
    root,
    print: (text) => (output += text),
    printError: (text) => (errors += text),
  });
  return { code, output, errors };
}

interface Report {
  readonly stage: string;
  readonly settings: readonly { readonly setting: string; readonly [field: string]: unknown }[];
  readonly problems: readonly string[];
  readonly plugins: readonly { readonly id: string; readonly problems: readonly string[] }[];
  readonly signingKeys: { readonly state: string; readonly messages: readonly string[] };
}
const json = async (root: string) => JSON.parse((await doctor(root, '--offline --json')).output) as Report[];
const find = ([report]: Report[], setting: string) => report?.settings.find((each) => each.setting === setting);

describe('the configuration of the repository', () => {
  test('is sound in both stages, and each setting has its source', async () => {
    const { code, output, errors } = await doctor(process.cwd());
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/^dev$/m);
    expect(output).toMatch(/^prod$/m);
    expect(output).toMatch(/^ {2}deletionProtection +false {2}\(default; AWS Security Hub DynamoDB\.6\)$/m);
    expect(output).toMatch(/^ {2}domain\.name +auth\.example\.com {2}\(from gatehouse\.config\.ts\)$/m);
    expect(output).toMatch(/^ {2}passwords\.minLength +12 {2}\(default; ASVS 5\.0 6\.2\.1/m);
    expect(output).toMatch(/^ {2}cookies\.sameSite +lax {2}\(default; ASVS 5\.0 3\.3\.2\)$/m);
    expect(output).toMatch(/^ {4}weak: alarmEmail is missing/m);
    expect(output).toMatch(/^ {2}0 refused, \d+ weak$/m);
  });

  test('one stage alone', async () => {
    const { output } = await doctor(process.cwd(), '--offline --stage prod');
    expect(output).toMatch(/^prod$/m);
    expect(output).not.toMatch(/^dev$/m);
  });
});

describe('what is dangerous fails', () => {
  test.each<[string, string, string, RegExp]>([
    [
      'a value',
      prod,
      "{ cookies: { sameSite: 'sometimes' } }",
      /refused: cookies\.sameSite is "sometimes"; allowed are/,
    ],
    [
      'a combination',
      prod,
      "{ cookies: { sameSite: 'none' } }",
      /refused: cookies\.sameSite is 'none', but no trustedOrigins/,
    ],
    ['a name that nothing reads', prod, '{ lockoot: { enabled: true } }', /refused: lockoot\.enabled is no setting/],
    [
      'an origin',
      prod,
      "{ trustedOrigins: ['http://localhost:*'] }",
      /refused: trustedOrigins has a value that is refused/,
    ],
    [
      'the domain of cookies, against the name of the stage',
      prod,
      "{ cookies: { domain: 'example.org' } }",
      /refused: cookies\.domain is 'example\.org', but the base URL's host is 'auth\.example\.com'/,
    ],
    [
      'a setting of the stack',
      `${prod} deletionProtection: false,`,
      '{}',
      /refused: deletionProtection 'false' is not allowed/,
    ],
    ['no name in prod', '', '{}', /refused: domain: is missing/],
    [
      'a plugin',
      prod,
      "{ plugins: [{ id: 'magic-link', options: { storeToken: 'plain' }, endpoints: {} }] }",
      /plugin magic-link\n {4}refused: plugins\.magic-link\.storeToken is 'plain'/,
    ],
  ])('%s', async (_, settings, options, message) => {
    const { code, output } = await doctor(project(stageOf(settings), options));
    expect(code).toBe(1);
    expect(output).toMatch(message);
    expect(output).toMatch(/[1-9]\d* refused, \d+ weak$/);
  });

  test('a client secret that stands in the options of prod, which is not shown', async () => {
    const options = "{ socialProviders: { github: { clientId: 'id', clientSecret: 'marker-of-a-secret' } } }";
    const { code, output, errors } = await doctor(project(stageOf(prod), options));
    expect(code).toBe(1);
    expect(output).toMatch(/refused: socialProviders\.github\.clientSecret does not come from providerSecret/);
    expect(output + errors).not.toContain('marker-of');
  });

  test('files that cannot be read', async () => {
    const empty = mkdtempSync(join(scratch, 'root-'));
    expect(await doctor(empty)).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/there is no .*gatehouse\.config\.ts/),
    });
    const root = project(stageOf(prod).replace('my-options', 'other'));
    expect(await doctor(root)).toMatchObject({ code: 1, errors: expect.stringMatching(/there is no .*other\.ts/) });
    const throwing = project("(() => { throw new Error('stages.prod.baseUrl: refused') })()");
    expect(await doctor(throwing)).toMatchObject({ code: 1, errors: 'stages.prod.baseUrl: refused' });
  });
});

describe('what is weak is told, and does not fail', () => {
  test('with what it makes weaker', async () => {
    const root = project(
      stageOf("baseUrl: 'https://auth.example.com', trustedOrigins: ['https://*.example.com'],", 'dev'),
      "{ cookies: { domain: 'example.com' }, passwords: { minLength: 8 } }",
    );
    const { code, output } = await doctor(root);
    expect(code).toBe(0);
    expect(output).toMatch(
      /trustedOrigins +https:\/\/\*\.example\.com {2}\(from gatehouse\.config\.ts.*\n {4}weak: .*every host below it/,
    );
    expect(output).toMatch(
      /cookies\.domain +example\.com {2}\(from my-options\.ts.*\n {4}weak: .*every host of it gets the session/,
    );
    expect(output).toMatch(/cookies\.hostPrefix +false {2}\(default/);
    expect(output).toMatch(/passwords\.minLength +8 {2}\(from my-options\.ts.*\n {4}weak: /);
  });
});

test('plugins show what they open, with a stand-in for each client secret', async () => {
  const root = project(
    stageOf(prod),
    `{ plugins: async ({ providerSecret }) => {
        await providerSecret('anything');
        const endpoint = Object.assign(async () => ({}), { path: '/own/thing', options: { method: 'POST', use: [] } });
        return [{ id: 'own', endpoints: { endpoint } }];
      } }`,
  );
  const { code, output } = await doctor(root);
  expect(code).toBe(0);
  expect(output).toMatch(/^ {2}plugin own\n {4}opens POST \/own\/thing: session not needed; 100 in 60 s by source$/m);
});

describe('as JSON', () => {
  test('each setting has its value, its source, and what is said about it', async () => {
    const root = project(stageOf(prod), "{ cookies: { sameSite: 'none' }, trustedOrigins: async () => [] }");
    const reports = await json(root);
    expect(reports).toMatchObject([{ stage: 'prod', problems: [], plugins: [], signingKeys: { state: 'unchecked' } }]);
    expect(find(reports, 'cookies.sameSite')).toEqual({
      setting: 'cookies.sameSite',
      value: 'none',
      source: 'my-options.ts',
      standard: 'ASVS 5.0 3.3.2',
      warning: expect.stringContaining('origin check alone'),
    });
    expect(find(reports, 'domain.name')).toMatchObject({ value: 'auth.example.com', source: 'gatehouse.config.ts' });
    const options = reports[0]!.settings.filter(({ setting }) => setting === 'trustedOrigins');
    expect(options.map(({ value }) => value)).toEqual([[], '[function]']);
  });
});

describe('signing keys', () => {
  const lock = (state: string) =>
    JSON.stringify({
      version: 1,
      stages: {
        dev: { '*': [{ id: 'a', algorithm: 'ES256', state, since: { [state]: '2026-01-01T00:00:00.000Z' } }] },
      },
    });
  const dev = "{ stages: { dev: { mail: { from: 'a@example.com' }, authOptions: './my-options.ts' } } }";

  test('that are published otherwise than they are on record fail', async () => {
    const server = createServer((request, response) => {
      const issuer = `http://${request.headers.host}`;
      const discovery = { issuer, jwks_uri: `${issuer}/.well-known/jwks.json` };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url?.endsWith('jwks.json') ? { keys: [] } : discovery));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const root = project(dev, '{}', { 'signing-keys.lock.json': lock('active') });
    const { code, output } = await doctor(root, `--stage dev --url ${url}`);
    server.close();
    expect(code).toBe(1);
    expect(output).toMatch(/signing keys: what is published differs from what is on record\n {4}[A-Z_]+: /);
  });

  test('of a stage that cannot be reached are told to be unchecked', async () => {
    const root = project(dev, '{}', { 'signing-keys.lock.json': lock('active') });
    // Port 9 is the discard service: nothing listens there.
    const { code, output } = await doctor(root, '--stage dev --url http://127.0.0.1:9');
    expect(code).toBe(0);
    expect(output).toMatch(/signing keys: not compared: http:\/\/127\.0\.0\.1:9\/.* does not answer/);
  });

  test('of which there is no record are told so', async () => {
    expect((await doctor(project(dev), '--stage dev')).output).toMatch(
      /signing keys: not compared: no keys are on record/,
    );
  });
});

test.each([
  ['--stage staging', /^--stage 'staging' is not allowed; allowed are dev, prod/],
  ['--url https://auth.example.com', /^--url needs --stage/],
  ['--fix', /--fix/],
])('%s is answered with the usage', async (args, message) => {
  const { code, errors } = await doctor(process.cwd(), args);
  expect(code).toBe(2);
  expect(errors).toMatch(message);
  expect(errors).toContain('npm run doctor -- [--stage <stage>]');
});
