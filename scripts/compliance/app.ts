import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Stage } from '../../contract/environment.ts';
import { GatehouseStack, type StageConfig, withEdgeFirewall } from '../../lib/index.ts';
import { account, region } from '../keys/policy/account.ts';

const certificateArn = `arn:aws:acm:us-east-1:${account}:certificate/11111111-2222-4333-8444-555555555555`;
const hostedZone = { id: 'Z0123456789EXAMPLE000', name: 'example.com' };

const everything: StageConfig = {
  region,
  mail: { from: 'no-reply@example.com' },
  keySetDistribution: { name: 'keys.example.com', certificateArn },
  providerSecrets: true,
  pepper: true,
  rollout: 'canary',
};
const domain = { name: 'auth.example.com', hostedZone };

/** The stacks, each with every part that goes together. */
const stacks: Readonly<Record<string, readonly [Stage, Partial<StageConfig>]>> = {
  dev: ['dev', { tracing: true, reservedConcurrency: 20 }],
  prod: ['prod', { domain }],
  front: ['prod', { domain, cloudFront: { certificateArn } }],
};

/** Both stages, and prod behind CloudFront. @param deployedTo `undefined` where the account is not known before */
export function fullApp(deployedTo: string | undefined = account): App {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  const code = Code.fromInline('export const handler = async () => ({});');
  const app = new App({ context });
  for (const [name, [stage, more]] of Object.entries(stacks)) {
    const config = withEdgeFirewall(app, `Gatehouse-${name}-edge`, stage, {
      ...everything,
      account: deployedTo,
      ...more,
    });
    new GatehouseStack(app, `Gatehouse-${name}`, {
      stage,
      config,
      code: { auth: code, mailer: code, keyPublisher: code },
    });
  }
  return app;
}
