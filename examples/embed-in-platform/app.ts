import { App, Validations } from 'aws-cdk-lib';
import { GatehouseChecks } from 'cdk-gatehouse';
import { CustomersStack } from './customers-stack.ts';
import { PlatformStack } from './platform-stack.ts';
import { StaffStack } from './staff-stack.ts';

const app = new App();
const env = { account: app.node.getContext('account'), region: app.node.getContext('region') };
const platform = new PlatformStack(app, 'Platform', { env });
new CustomersStack(app, 'Customers', { env, platform });
new StaffStack(app, 'Staff', { env, platform });
// Gatehouse's own rules, over the platform's resources too.
Validations.of(app).addPlugins(new GatehouseChecks());
