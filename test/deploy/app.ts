import { readFileSync } from 'node:fs';
import { App, CustomResource } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import config from '../../gatehouse.config.ts';
import { GatehouseStack, parseSigningKeyLock } from '../../lib/index.ts';
import type { Change } from './change.ts';

/** The stack that bin/gatehouse.ts makes for `dev`, changed as the file of the argument says. */
const change = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Change;
const committedLock = readFileSync(new URL('../../signing-keys.lock.json', import.meta.url), 'utf8');

const stack = new GatehouseStack(new App(), 'Gatehouse-dev', {
  stage: 'dev',
  config: { ...config.stages.dev!, region: process.env.CDK_DEFAULT_REGION, ...change.settings },
  signingKeyLock: change.lock ?? parseSigningKeyLock(committedLock),
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
