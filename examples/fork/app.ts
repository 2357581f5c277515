import { App } from 'aws-cdk-lib';
import { GatehouseStack } from 'cdk-gatehouse';
import config from './gatehouse.config.ts';

const app = new App();
const { dev } = config.stages;
if (dev) new GatehouseStack(app, 'Gatehouse-dev', { stage: 'dev', config: dev });
