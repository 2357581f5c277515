import assert from 'node:assert/strict';
import { join } from 'node:path';
import { check } from './checks.ts';
import { Project } from './project.ts';
import { run } from './run.ts';

/** The constructs, in the smallest app, with nothing beside the CDK. */
export async function checkConstructs(scratch: string, tarball: string): Promise<void> {
  const project = new Project(scratch, 'constructs');
  await project.install({ file: tarball, names: ['aws-cdk-lib', 'constructs', 'jest'] });

  await check('CommonJS: a stack synthesizes under plain jest, without esbuild', async () => {
    project.write(
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
    await run(join(project.folder, 'node_modules/.bin/jest'), ['stack.test.js'], { cwd: project.folder });
  });

  await check('an ES module imports it', async () => {
    project.write(
      'app.mjs',
      `import { App } from 'aws-cdk-lib';
      import { defineConfig, GatehouseStack } from 'cdk-gatehouse';
      const config = defineConfig({ stages: { dev: { region: 'eu-central-1', mail: { from: 'no-reply@example.com' } } } });
      const app = new App();
      new GatehouseStack(app, 'Auth', { stage: 'dev', config: config.stages.dev });
      console.log(app.synth().stacks.length);`,
    );
    assert.equal((await project.node('app.mjs')).trim(), '1');
  });
}
