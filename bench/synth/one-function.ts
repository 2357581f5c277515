import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';

/** The smallest app that there is with a function of its own. */
const app = new App();
new NodejsFunction(new Stack(app, 'OneFunction'), 'Function', {
  entry: fileURLToPath(new URL('handler.ts', import.meta.url)),
  runtime: Runtime.NODEJS_24_X,
});
app.synth();
