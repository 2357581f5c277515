import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const outdir = mkdtempSync(join(tmpdir(), 'gatehouse-app-'));
afterAll(() => rmSync(outdir, { recursive: true }));

test('the app synthesizes both stages from the sources, without credentials, findings or noise', () => {
  const { app, context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const [command, ...args] = app.split(' ');
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(command, args, {
    env: { PATH, HOME, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_DEFAULT_REGION: 'eu-west-1' },
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(readdirSync(outdir)).toEqual(
    expect.arrayContaining(['Gatehouse-dev.template.json', 'Gatehouse-prod.template.json', 'validation-report.json']),
  );
  const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
  expect(assets).toHaveLength(3);
  for (const asset of assets) expect(readdirSync(join(outdir, asset))).toContain('index.mjs');
}, 120_000);
