import { App } from 'aws-cdk-lib';
import { IdentityStack } from './identity-stack.ts';

const app = new App();
new IdentityStack(app, 'Identity', { env: { region: app.node.getContext('region') } });
