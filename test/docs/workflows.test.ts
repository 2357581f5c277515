import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { stages } from '../../contract/environment.ts';

// The CDK library brings its own YAML parser; the project needs one only here.
const require = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib/package.json'));
const { parse } = require('yaml') as { parse(text: string): unknown };

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly uses?: string;
  readonly needs?: string;
  readonly environment?: string;
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
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

test('there are the workflows that the pages name', () => {
  expect(names.sort()).toEqual(['deploy.yml', 'diff.yml', 'test.yml']);
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
      const allowed = assumes ? { contents: 'read', 'id-token': 'write' } : { contents: 'read' };
      expect(job.permissions ?? permissions).toEqual(allowed);
    }
  });

  test('runs commands that exist', () => {
    const commands = steps.flatMap(({ run }) => run?.split('\n') ?? []);
    const npm = commands.flatMap((line) => /^npm (?:run )?(\S+)/.exec(line)?.[1] ?? []);
    expect(npm).toContain('ci');
    for (const script of npm) if (script !== 'ci') expect(scripts).toHaveProperty([script]);
    for (const [, stage] of commands.join('\n').matchAll(/Gatehouse-(\w+)/g)) expect(stages).toContain(stage);
  });
});

test('what must pass before a commit must pass here too', () => {
  const here = workflow('test.yml').jobs.test!.steps!.flatMap(({ run }) => run ?? []);
  expect(here).toEqual(
    expect.arrayContaining(['npm ci', 'npm run lint', 'npm run typecheck', 'npm run synth', 'npm test']),
  );
});

test('a fork gets no credentials, and synthesis runs before there are any', () => {
  const { diff } = workflow('diff.yml').jobs;
  expect(diff!.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
  const order = diff!.steps!.map(({ uses, run }) => uses?.split('@')[0] ?? run!.split('\n')[0]);
  expect(order.indexOf('npm run synth')).toBeLessThan(order.indexOf('aws-actions/configure-aws-credentials'));
});

test('prod is deployed after dev and dev after the tests, each in its environment, one at a time', () => {
  const { jobs, concurrency } = workflow('deploy.yml');
  expect(jobs.test!.uses).toBe('./.github/workflows/test.yml');
  expect(jobs.dev).toMatchObject({ needs: 'test', environment: 'dev' });
  expect(jobs.prod).toMatchObject({ needs: 'dev', environment: 'prod' });
  expect(concurrency).toEqual({ group: 'deploy', 'cancel-in-progress': false });
});
