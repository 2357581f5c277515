import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './checks.ts';
import { Project } from './project.ts';
import { failure } from './run.ts';

/** `authOptions`, as what it needs is installed bit by bit. */
export async function checkOwnOptions(scratch: string, tarball: string): Promise<Project> {
  const project = new Project(scratch, 'own-options');
  await project.install({ file: tarball, names: ['aws-cdk-lib', 'constructs'] });
  const options = join(project.folder, 'my-options.ts');
  project.write('my-options.ts', "export default { appName: 'Scratch' };\n");
  project.write(
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

  await check('authOptions without esbuild: an error that says what to install', async () => {
    assert.match(await failure(project.node('options.mjs')), /run 'npm install --save-dev esbuild'/);
  });

  await project.install({ names: ['esbuild'] });
  await check('authOptions without better-auth: an error that says what to install', async () => {
    assert.match(await failure(project.node('options.mjs')), /run 'npm install --save-exact better-auth@1\.7\.25'/);
  });

  await project.install({ names: ['better-auth', '@aws-sdk/client-dynamodb', '@types/node'] });
  await check('authOptions: bundled with the consumer’s own Better Auth, and loads', async () => {
    const assets = (await project.node('options.mjs')).trim().split('\n');
    const loads = assets.map((asset) =>
      project
        .node('--input-type=module', '--eval', `await import('./out/${asset}/index.mjs')`)
        .catch((error) => error.message),
    );
    // Without an environment it refuses to start, in its own words: so it was evaluated whole.
    assert.match((await Promise.all(loads)).join('\n'), /GATEHOUSE_BASE_URL/);
  });

  await check('authOptions: the dictionaries that rate passwords come along', async () => {
    assert.ok(!existsSync(join(project.folder, 'node_modules/@zxcvbn-ts')), 'expected no zxcvbn beside the package');
    const rate = `import { readdirSync } from 'node:fs';
      const file = readdirSync('out', { recursive: true }).find((name) => /chunks.strength-estimator-.*mjs$/.test(name));
      const { estimator } = await import('./out/' + file);
      console.log(['password1234', 'correct horse battery staple'].map((text) => estimator.check(text).score < 3).join());`;
    assert.equal((await project.node('--input-type=module', '--eval', rate)).trim(), 'true,false');
  });
  return project;
}
