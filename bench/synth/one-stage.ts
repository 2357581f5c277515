import { App } from 'aws-cdk-lib';
import config from '../../gatehouse.config.ts';
import { GatehouseStack } from '../../lib/index.ts';

/** The stack that has everything, as bin/gatehouse.ts deploys it. */
const stage = 'prod';
const settings = config.stages[stage];
if (!settings) throw new Error(`gatehouse.config.ts has no stage '${stage}', which this bench measures`);

const app = new App();
new GatehouseStack(app, `Gatehouse-${stage}`, {
  stage,
  config: { region: process.env.CDK_DEFAULT_REGION, ...settings },
});
app.synth();
