import { readFileSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { stages } from '../contract/environment.ts';
import config from '../gatehouse.config.ts';
import { GatehouseStack, parseSigningKeyLock, withEdgeFirewall } from '../lib/index.ts';
import { checks } from './checks.ts';

const signingKeyLock = parseSigningKeyLock(readFileSync(new URL('../signing-keys.lock.json', import.meta.url), 'utf8'));

const app = new App();
// `-c stage=prod` leaves the other stages out, whatever is wrong with their settings.
const only: unknown = app.node.tryGetContext('stage');
if (only !== undefined && !stages.some((stage) => stage === only)) {
  throw new Error(`stage: '${only}' in the context is not allowed; allowed are '${stages.join("', '")}'`);
}
for (const stage of stages) {
  if (only !== undefined && stage !== only) continue;
  const settings = config.stages[stage];
  if (!settings) continue;
  // The CLI says where its credentials lead; a setting wins.
  const region = settings.region ?? process.env.CDK_DEFAULT_REGION;
  const guarded = withEdgeFirewall(app, `Gatehouse-${stage}-edge`, stage, { ...settings, region });
  new GatehouseStack(app, `Gatehouse-${stage}`, { stage, config: guarded, signingKeyLock });
}
Validations.of(app).addPlugins(...checks());
