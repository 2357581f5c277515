/**
 * `npm run test:package`: packs the package and uses it as a stranger would, in a scratch folder: a CommonJS CDK app under
 * plain jest, an ES module, both type-checked, and an app with Better Auth options of its own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-package-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** The project that the checks work in. */
let project = scratch;

const run = (command: string, args: string[], cwd = project): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const write = (name: string, content: string) => writeFileSync(join(project, name), content);
const install = (...names: (keyof typeof packageJson.devDependencies)[]) =>
  names.map((name) => `${name}@${packageJson.devDependencies[name]}`);
const npmInstall = (...specifiers: string[]) =>
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', ...specifiers]);

let passed = 0;
let failed = 0;
function check(name: string, body: () => void): void {
  try {
    body();
    passed++;
    console.log(`ok    ${name}`);
  } catch (error) {
    failed++;
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    console.log(`FAIL  ${name}\n${message}\n${stdout}${stderr}`);
  }
}
function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

run('npm', ['run', 'build'], root);
const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', scratch], root)) as [
  { filename: string; files: { path: string }[] },
];
function newProject(name: string, ...packages: string[]): void {
  project = join(scratch, name);
  mkdirSync(project);
  write('package.json', JSON.stringify({ private: true, name, version: '1.0.0' }));
  npmInstall(join(scratch, packed.filename), ...packages);
}

newProject('embeds', ...install('aws-cdk-lib', 'constructs', 'jest'));

check('holds what is needed and no sources', () => {
  const strangers = packed.files.filter(
    ({ path }) => !/^(dist\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$|SECURITY\.md$)/.test(path),
  );
  assert(strangers.length === 0, `unexpected files: ${strangers.map(({ path }) => path).join(', ')}`);
});

check('CommonJS: a stack synthesizes under plain jest, without esbuild', () => {
  write(
    'stack.test.js',
    `const { App, Stack } = require('aws-cdk-lib');
    const { Template } = require('aws-cdk-lib/assertions');
    const { Gatehouse } = require('cdk-gatehouse');
    test('synthesizes', () => {
      const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-central-1' } });
      new Gatehouse(stack, 'Gatehouse', { stage: 'dev', mailFrom: 'no-reply@example.com' });
      Template.fromStack(stack).resourceCountIs('AWS::Lambda::Alias', 1);
      expect(() => require.resolve('esbuild')).toThrow();
    });`,
  );
  run(join(project, 'node_modules/.bin/jest'), ['stack.test.js']);
});

check('an ES module imports it', () => {
  write(
    'app.mjs',
    `import { App } from 'aws-cdk-lib';
    import { defineConfig, GatehouseStack } from 'cdk-gatehouse';
    const config = defineConfig({ stages: { dev: { region: 'eu-central-1', mail: { from: 'no-reply@example.com' } } } });
    const app = new App();
    new GatehouseStack(app, 'Auth', { stage: 'dev', config: config.stages.dev });
    console.log(app.synth().stacks.length);`,
  );
  assert(run('node', ['app.mjs']).trim() === '1', 'expected one stack');
});

newProject('own-options', ...install('aws-cdk-lib', 'constructs'));
const options = join(project, 'my-options.ts');
write('my-options.ts', "export default { appName: 'Scratch' };\n");
write(
  'options.mjs',
  `import { readdirSync } from 'node:fs';
  import { App, Stack } from 'aws-cdk-lib';
  import { Gatehouse } from 'cdk-gatehouse';
  const app = new App({ outdir: 'out' });
  const props = { stage: 'dev', mailFrom: 'no-reply@example.com', authOptions: ${JSON.stringify(options)} };
  new Gatehouse(new Stack(app, 'Stack', { env: { region: 'eu-central-1' } }), 'Gatehouse', props);
  app.synth();
  for (const name of readdirSync('out')) if (name.startsWith('asset.')) console.log(name);`,
);

check('authOptions without esbuild: an error that says what to install', () => {
  let output = '';
  try {
    run('node', ['options.mjs']);
  } catch (error) {
    output = (error as { stderr: string }).stderr;
  }
  assert(output.includes("run 'npm install --save-dev esbuild'"), `got: ${output}`);
});

npmInstall(...install('esbuild'));
check('authOptions without better-auth: an error that says what to install', () => {
  let output = '';
  try {
    run('node', ['options.mjs']);
  } catch (error) {
    output = (error as { stderr: string }).stderr;
  }
  assert(output.includes("run 'npm install --save-exact better-auth@"), `got: ${output}`);
});

npmInstall(...install('better-auth', '@aws-sdk/client-dynamodb', '@types/node'));
check('authOptions: bundled with the consumer’s own Better Auth, and loads', () => {
  const assets = run('node', ['options.mjs']).trim().split('\n');
  const load = (asset: string) => {
    try {
      return run('node', ['--input-type=module', '--eval', `await import('./out/${asset}/index.mjs')`]);
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  };
  // Without an environment it refuses to start, in its own words: so it was evaluated whole.
  assert(
    assets.some((asset) => load(asset).includes('GATEHOUSE_BASE_URL')),
    `no bundle loads: ${assets.join(', ')}`,
  );
});

check('authOptions: the dictionaries that rate passwords come along', () => {
  assert(!existsSync(join(project, 'node_modules/@zxcvbn-ts')), 'expected no zxcvbn beside the package');
  const rate = `import { readdirSync } from 'node:fs';
    const file = readdirSync('out', { recursive: true }).find((name) => /chunks.strength-estimator-.*mjs$/.test(name));
    const { estimator } = await import('./out/' + file);
    console.log(['password1234', 'correct horse battery staple'].map((text) => estimator.check(text).score < 3).join());`;
  const rated = run('node', ['--input-type=module', '--eval', rate]).trim();
  assert(rated === 'true,false', `got: ${rated}`);
});

check('identity and limits load as CommonJS and as ES modules', () => {
  const names =
    'const { dynamodbAdapter, identityTable } = identity; const { dynamodbRateLimit, rateLimitTable } = limits;';
  const test = `${names} console.log([dynamodbAdapter, identityTable, dynamodbRateLimit, rateLimitTable].map((f) => typeof f).join());`;
  write(
    'entries.cjs',
    `const identity = require('cdk-gatehouse/identity'), limits = require('cdk-gatehouse/limits'); ${test}`,
  );
  write(
    'entries.mjs',
    `import * as identity from 'cdk-gatehouse/identity'; import * as limits from 'cdk-gatehouse/limits'; ${test}`,
  );
  for (const file of ['entries.cjs', 'entries.mjs']) {
    assert(run('node', [file]).trim() === 'function,function,function,function', `${file} misses an export`);
  }
});

check('both kinds of consumer type-check', () => {
  const source = `import { Gatehouse, type GatehouseProps } from 'cdk-gatehouse';
    import type { AuthOptions } from 'cdk-gatehouse/auth-options';
    import { dynamodbAdapter } from 'cdk-gatehouse/identity';
    import { dynamodbRateLimit } from 'cdk-gatehouse/limits';
    import { createTokenManager } from 'cdk-gatehouse/client';
    import { createVerifier, type VerifiedClaims } from 'cdk-gatehouse/verify';
    import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    export const props: GatehouseProps = { stage: 'prod', mailFrom: 'no-reply@example.com' };
    // @ts-expect-error: there is no such stage
    export const wrong: GatehouseProps = { stage: 'staging', mailFrom: 'no-reply@example.com' };
    export const options: AuthOptions = { appName: 'Mine' };
    // @ts-expect-error: storage is not a fork's to set
    export const stolen: AuthOptions = { database: {} };
    export const adapter = (client: DynamoDBClient) => dynamodbAdapter({ client, tableName: 'identity' });
    export const limit = (client: DynamoDBClient) => dynamodbRateLimit({ client, tableName: 'limits' });
    const audience = 'https://api.example.com', issuer = 'https://auth.example.com';
    export const claims = (token: string): Promise<VerifiedClaims> => createVerifier({ issuer, audience }).verify(token);
    // @ts-expect-error: nobody verifies with a shared secret
    export const confused = () => createVerifier({ issuer, audience, algorithms: ['HS256'] });
    export const token: () => Promise<string | null> = createTokenManager({ baseURL: issuer }).getToken;
    export const construct: typeof Gatehouse = Gatehouse;\n`;
  write('consumer.mts', source);
  write('consumer.cts', source);
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2023',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.mts', 'consumer.cts'] }));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', project]);
});

newProject('web');

check('verify and client load as CommonJS and as ES modules, with nothing else installed, and work', () => {
  const test = `(async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid: 'key', alg: 'ES256' };
    const now = Math.floor(Date.now() / 1000);
    const issuer = 'https://auth.example.com', audience = 'https://api.example.com';
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = { iss: issuer, aud: audience, sub: 'user-1', iat: now, exp: now + 900 };
    const input = encode({ alg: 'ES256', kid: 'key', typ: 'JWT' }) + '.' + encode(claims);
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, Buffer.from(input));
    const token = input + '.' + Buffer.from(signature).toString('base64url');
    const verifier = verify.createVerifier({ issuer, audience, jwks: { keys: [jwk] } });
    const { sub } = await verifier.verify(token);
    const { code } = await verifier.verify(token.slice(0, -86) + 'A'.repeat(86)).catch((error) => error);
    const tokens = client.createTokenManager({ baseURL: issuer, fetch: async () => Response.json({ token }) });
    console.log([sub, code, (await tokens.getToken()) === token].join());
    tokens.close();
  })();`;
  assert(!existsSync(join(project, 'node_modules/aws-cdk-lib')), 'a team that only verifies tokens gets the CDK');
  write('web.cjs', `const verify = require('cdk-gatehouse/verify'), client = require('cdk-gatehouse/client'); ${test}`);
  write(
    'web.mjs',
    `import * as verify from 'cdk-gatehouse/verify'; import * as client from 'cdk-gatehouse/client'; ${test}`,
  );
  for (const file of ['web.cjs', 'web.mjs']) {
    const output = run('node', [file]).trim();
    assert(output === 'user-1,SIGNATURE_INVALID,true', `${file} prints '${output}'`);
  }
});

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
