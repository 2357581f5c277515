import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { stages } from '../../contract/environment.ts';

// The CDK library brings its own YAML parser; the project needs one only here.
const require = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib/package.json'));
const { parse } = require('yaml') as { parse(text: string): unknown };

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly uses?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly strategy?: { readonly matrix: { readonly include: readonly Readonly<Record<string, string>>[] } };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = '.github/workflows';
const names = readdirSync(folder);
const textOf = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8');
const workflow = (name: string): Workflow => parse(textOf(name)) as Workflow;
const everything = readFileSync('.ci/run', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

test('there are the workflows that the pages name', () => {
  expect(names.sort()).toEqual(['deploy.yml', 'diff.yml', 'release.yml', 'test.yml']);
});

describe.each(names)('%s', (name) => {
  const { on, permissions, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);

  test('pins every action by its full commit, with the version beside it', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(1);
    for (const action of used) expect(action).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/);
    const lines = textOf(name).match(/- uses: .*/g)!;
    for (const line of lines) expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('holds no secret, and leaves no token in the checkout', () => {
    expect(textOf(name)).not.toMatch(/secrets\.|access-key|AWS_(ACCESS|SECRET)/);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false });
  });

  test('runs in the context of the change, with no more permissions than each job needs', () => {
    expect(Object.keys(on)).not.toContain('pull_request_target');
    expect(Object.keys(on)).not.toContain('workflow_run');
    expect(Object.values(permissions)).not.toContain('write');
    for (const job of Object.values(jobs)) {
      const assumes = job.steps?.some(({ uses }) => uses?.includes('configure-aws-credentials')) ?? false;
      const attests = job.steps?.some(({ uses }) => uses?.startsWith('actions/attest@')) ?? false;
      const allowed = {
        contents: 'read',
        ...((assumes || attests) && { 'id-token': 'write' }),
        ...(attests && { attestations: 'write' }),
      };
      expect(job.permissions ?? permissions).toEqual(allowed);
    }
  });

  test('sets no variable that the CDK CLI overwrites', () => {
    expect(textOf(name)).not.toContain('CDK_DEFAULT_');
  });

  test('runs commands that exist', () => {
    const commands = steps.flatMap(({ run }) => (run === '.ci/run' ? everything : (run ?? '')).split('\n'));
    const npm = commands.flatMap((line) => /^npm (?:run )?(\S+)/.exec(line)?.[1] ?? []);
    expect(npm).toContain('ci');
    const ours = npm.filter((command) => !['ci', 'pack', 'publish'].includes(command));
    for (const script of ours) expect(scripts).toHaveProperty([script]);
    for (const [, stage] of commands.join('\n').matchAll(/Gatehouse-(\w+)/g)) expect(stages).toContain(stage);
  });
});

/** An expression of GitHub Actions. */
const expression = (name: string): string => `\${{ ${name} }}`;
const stepsOf = (name: string, job: string): readonly Step[] => workflow(name).jobs[job]!.steps!;

test('what must pass before a commit must pass here too, and nothing that it needs is missing', () => {
  const [packages, ...checks] = stepsOf('test.yml', 'test').flatMap(({ run }) => run ?? []);
  expect(checks).toEqual(['.ci/run']);
  const calls = [
    ...everything.matchAll(/\bneed \S+ ([\w+-]+)/g),
    ...everything.matchAll(/debian_packages ([\w+ -]+)$/gm),
  ];
  // The image of the runner has Chromium, which Ubuntu's packages do not.
  const needed = calls.flatMap(([, names]) => names!.split(' ')).filter((name) => name !== 'chromium');
  expect(needed.length).toBeGreaterThan(5);
  const installed = /apt-get install -y -qq (.+)/.exec(packages!)![1]!.split(' ');
  expect(installed.sort()).toEqual([...new Set(needed)].sort());
});

describe('diff.yml', () => {
  const { diff } = workflow('diff.yml').jobs;
  const index = (what: string) => diff!.steps!.findIndex(({ uses, run }) => (uses ?? run)!.startsWith(what));
  const step = (what: string) => diff!.steps![index(what)]!;

  test('gives a fork no credentials, and synthesizes before there are any', () => {
    expect(diff!.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
    expect(index('npm run synth')).toBeGreaterThan(0);
    expect(index('npm run synth')).toBeLessThan(index('aws-actions/configure-aws-credentials'));
  });

  test('looks at each stage in its own account and Region, without the environment that may deploy', () => {
    const expected = stages.map((stage) => ({
      stage,
      region: expression(`vars.AWS_REGION_${stage.toUpperCase()}`),
      role: expression(`vars.AWS_DIFF_ROLE_ARN_${stage.toUpperCase()}`),
    }));
    expect(diff!.strategy!.matrix.include).toEqual(expected);
    expect(diff).not.toHaveProperty('environment');
    expect(step('npm run synth').env).toEqual({ AWS_REGION: expression('matrix.region') });
    expect(step('aws-actions/configure').with).toMatchObject({
      'aws-region': expression('matrix.region'),
      'role-to-assume': expression('matrix.role'),
    });
    expect(step('npx cdk diff "Gatehouse-$STAGE"').env).toEqual({ STAGE: expression('matrix.stage') });
  });

  test('says what it found where the diff fails, too', () => {
    const summary = diff!.steps!.at(-1)!;
    expect(summary.if).toBe('always()');
    expect(summary.run).toContain('GITHUB_STEP_SUMMARY');
  });
});

describe('release.yml', () => {
  const { on, jobs, concurrency } = workflow('release.yml');
  const { steps = [], ...publish } = jobs.publish!;
  const index = (what: string) => steps.findIndex(({ uses, run }) => (uses ?? run)!.startsWith(what));

  test('publishes a tag, after the tests and a reviewer, with provenance, and what it has checked and attested', () => {
    expect(on).toEqual({ push: { tags: ['v*'] } });
    expect(jobs.test!.uses).toBe('./.github/workflows/test.yml');
    expect(publish).toMatchObject({ needs: 'test', environment: 'release' });
    expect(concurrency).toEqual({ group: 'release', 'cancel-in-progress': false });
    expect(steps.at(-1)!.run).toBe('npm publish ./cdk-gatehouse-*.tgz --provenance --access public');
    expect(index('npm run test:release')).toBeLessThan(index('npm run build'));
    expect(index('npm run build')).toBeLessThan(index('npm pack'));
    const attested = steps.filter(({ uses }) => uses?.startsWith('actions/attest@')).map((step) => step.with);
    const checksums = { 'subject-checksums': 'SHA256SUMS' };
    expect(attested).toEqual([checksums, { ...checksums, 'sbom-path': 'dist/sbom.cdx.json' }]);
  });

  test('a tag that is not the version fails before anything is installed', async () => {
    const [step] = steps.filter(({ name }) => name === 'the tag is the version');
    expect(steps.indexOf(step!)).toBeLessThan(index('npm ci'));
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const fails = (tag: string) =>
      new Promise<boolean>((resolve) => {
        const env = { ...process.env, GITHUB_REF_NAME: tag };
        execFile('bash', ['-e', '-c', step!.run!], { env }, (error) => resolve(error !== null));
      });
    expect(await fails(`v${version}`)).toBe(false);
    expect(await fails(version)).toBe(true);
    expect(await fails('v99.0.0')).toBe(true);
  });
});

test('prod is deployed after dev and dev after the tests, each in its environment, one at a time', () => {
  const { jobs, concurrency } = workflow('deploy.yml');
  expect(jobs.test!.uses).toBe('./.github/workflows/test.yml');
  expect(jobs.dev).toMatchObject({ needs: 'test', environment: 'dev' });
  expect(jobs.prod).toMatchObject({ needs: 'dev', environment: 'prod' });
  expect(concurrency).toEqual({ group: 'deploy', 'cancel-in-progress': false });
});

test.each(stages)('the deployment of %s fails where the stack does not answer', async (stage) => {
  const [deploy, ask] = stepsOf('deploy.yml', stage).slice(-2);
  expect(deploy!.run).toBe(`npx cdk deploy Gatehouse-${stage} --require-approval never --outputs-file outputs.json`);
  expect(await askedOf(ask!, stage, [])).toEqual({ failed: false, asked: ['/health', '/.well-known/jwks.json'] });
  expect(await askedOf(ask!, stage, ['/health'])).toEqual({ failed: true, asked: ['/health'] });
  expect((await askedOf(ask!, stage, ['/.well-known/jwks.json'])).failed).toBe(true);
});

/** Runs the step beside the outputs of a stack that does not know some paths. */
async function askedOf({ run }: Step, stage: string, unknown: readonly string[]) {
  const asked: string[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url!);
    response.writeHead(unknown.includes(url!) ? 404 : 200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cwd = mkdtempSync(join(tmpdir(), 'gatehouse-workflow-'));
  try {
    const BaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(join(cwd, 'outputs.json'), JSON.stringify({ [`Gatehouse-${stage}`]: { BaseUrl } }));
    const failed = await new Promise<boolean>((resolve) => {
      execFile('bash', ['-e', '-c', run!], { cwd }, (error) => resolve(error !== null));
    });
    return { failed, asked };
  } finally {
    rmSync(cwd, { recursive: true });
    await new Promise((resolve) => server.close(resolve));
  }
}
