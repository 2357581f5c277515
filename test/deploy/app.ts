import { readFileSync } from 'node:fs';
import { App, CustomResource } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { GatehouseStack } from '../../lib/index.ts';
import type { Change } from './change.ts';
import { lock, stage } from './stage.ts';

/** A stack of the stage in stage.ts, changed as the file of the argument says, with the bootstrap and the boundary of docs/policies. */
const change = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Change;
const context = JSON.parse(readFileSync(new URL('../../docs/policies/cdk.context.json', import.meta.url), 'utf8'));

// After what the CLI says: the repository may have a cdk.context.json of its own.
const stack = new GatehouseStack(new App({ postCliContext: context }), 'Gatehouse-dev', {
  stage: 'dev',
  config: { ...stage, ...change.settings },
  signingKeyLock: change.lock ?? lock,
});

if (change.fails) {
  const { signingKeys, api } = stack.gatehouse;
  const publisher = signingKeys.node.findAll().find((construct) => construct instanceof LambdaFunction)!;
  // The publisher refuses an empty list, and so the deployment, once all the rest of it has been done.
  const failing = new CustomResource(stack, 'Failing', {
    serviceToken: publisher.functionArn,
    properties: { Keys: [] },
  });
  failing.node.addDependency(api);
}
