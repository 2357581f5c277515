import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The auth function's own code over `better-auth` in place of `better-auth/minimal`, bundled by `NodejsFunction` with its
 * defaults: CommonJS, not minified, in one file. The AWS SDK is outside of it by default, because Lambda's image has one; here it
 * comes from node_modules in the same way, by `require`.
 *
 * @param bundleAwsSDK puts the SDK inside, the one setting that is changed.
 * @returns the bundle's file.
 */
export function naiveBundle(folder: string, bundleAwsSDK: boolean): string {
  const app = new App({ outdir: folder });
  new NodejsFunction(new Stack(app, 'Naive'), 'Function', {
    entry: fileURLToPath(new URL('naive-handler.ts', import.meta.url)),
    runtime: Runtime.NODEJS_24_X,
    bundling: { bundleAwsSDK, esbuildArgs: { '--alias:better-auth/minimal': 'better-auth' } },
  });
  app.synth();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const asset = readdirSync(folder).find((name) => name.startsWith('asset.'));
  if (!asset) throw new Error(`NodejsFunction left no asset in ${folder}`);
  return join(folder, asset, 'index.js');
}
