import { App, Validations } from 'aws-cdk-lib';
import { checks } from '../../bin/checks.ts';
import config from '../../gatehouse.config.ts';
import { GatehouseStack } from '../../lib/index.ts';

/** The stack that has everything, as bin/gatehouse.ts deploys it, with all checks that it has to pass. */
const stage = 'prod';
const settings = config.stages[stage];
if (!settings) throw new Error(`gatehouse.config.ts has no stage '${stage}', which this bench measures`);

const app = new App();
new GatehouseStack(app, `Gatehouse-${stage}`, {
  stage,
  config: { region: process.env.CDK_DEFAULT_REGION, ...settings },
});
Validations.of(app).addPlugins(...checks());
app.synth();
