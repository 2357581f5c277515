import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { GatehouseStack, type StageConfig } from '../../lib/index.ts';
import { account, region } from '../keys/policy/account.ts';

const hostedZone = { id: 'Z0123456789EXAMPLE000', name: 'example.com' };

const config: StageConfig = {
  region,
  mail: { from: 'no-reply@example.com' },
  keySetDistribution: {
    name: 'keys.example.com',
    certificateArn: `arn:aws:acm:us-east-1:${account}:certificate/11111111-2222-4333-8444-555555555555`,
  },
  rollout: 'canary',
};

/** Both stages with every part that a stage can have. @param deployedTo `undefined` where the account is not known before */
export function fullApp(deployedTo: string | undefined = account): App {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  const code = Code.fromInline('export const handler = async () => ({});');
  const app = new App({ context });
  for (const [stage, more] of [
    ['dev', { tracing: true, reservedConcurrency: 20 }],
    ['prod', { domain: { name: 'auth.example.com', hostedZone } }],
  ] as const) {
    new GatehouseStack(app, `Gatehouse-${stage}`, {
      stage,
      config: { ...config, account: deployedTo, ...more },
      code: { auth: code, mailer: code, keyPublisher: code },
    });
  }
  return app;
}
