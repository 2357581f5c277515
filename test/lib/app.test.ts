import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const outdir = mkdtempSync(join(tmpdir(), 'gatehouse-app-'));
afterAll(() => rmSync(outdir, { recursive: true }));

/** The app, run as the CDK CLI runs it. */
function runApp(folder: string, more: Record<string, string> = {}) {
  const { app, context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const [command, ...args] = app.split(' ');
  const { PATH, HOME } = process.env;
  const CDK_CONTEXT_JSON = JSON.stringify({ ...context, ...more });
  return spawnSync(command, args, {
    env: { PATH, HOME, CDK_OUTDIR: folder, CDK_CONTEXT_JSON, CDK_DEFAULT_REGION: 'eu-west-1' },
    encoding: 'utf8',
  });
}

test('the app synthesizes both stages from the sources, without credentials, findings or noise', () => {
  const { status, stdout, stderr } = runApp(outdir);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(readdirSync(outdir)).toEqual(
    expect.arrayContaining(['Gatehouse-dev.template.json', 'Gatehouse-prod.template.json', 'validation-report.json']),
  );
  const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
  expect(assets).toHaveLength(3);
  for (const asset of assets) expect(readdirSync(join(outdir, asset))).toContain('index.mjs');
}, 120_000);

test('the context may choose a stage, so that a mistake in the settings of another does not stop it', () => {
  const folder = join(outdir, 'one');
  expect(runApp(folder, { stage: 'dev' })).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(folder).filter((name) => name.endsWith('.template.json'))).toEqual([
    'Gatehouse-dev.template.json',
  ]);
  const { status, stderr } = runApp(folder, { stage: 'test' });
  expect(status).toBe(1);
  expect(stderr).toContain("stage: 'test' in the context is not allowed; allowed are 'dev', 'prod'");
}, 120_000);
