import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type SigningAlgorithm, signingAlgorithms } from '../../../contract/signing.ts';
import { GatehouseStack, type StageConfig } from '../../../lib/index.ts';
import { account, breakGlassRoleArn, region } from './account.ts';
import type { Resources } from './resolve.ts';

const algorithms = Object.keys(signingAlgorithms) as SigningAlgorithm[];

/** The resources of a production stack that has an active key of every algorithm, named after it. */
export function stackResources(config: Partial<StageConfig> = {}): Resources {
  const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'));
  const code = Code.fromInline('export const handler = async () => ({});');
  const stack = new GatehouseStack(new App({ context }), 'Gatehouse-prod', {
    stage: 'prod',
    code: { auth: code, mailer: code, keyPublisher: code },
    config: {
      account,
      region,
      baseUrl: 'https://auth.example.com',
      mail: { from: 'no-reply@example.com' },
      breakGlassRoleArns: [breakGlassRoleArn],
      signingKeys: algorithms.map((algorithm) => ({ id: algorithm, algorithm, state: 'active' })),
      ...config,
    },
  });
  return Template.fromStack(stack).toJSON().Resources as Resources;
}

/** Logical id of the signing key of an algorithm. */
export function keyIdOf(algorithm: SigningAlgorithm, resources: Resources): string {
  const ids = Object.keys(resources).filter(
    (id) => resources[id]!.Type === 'AWS::KMS::Key' && id.includes(`SigningKeys${algorithm}`),
  );
  if (ids.length !== 1) throw new Error(`${ids.length} keys are for ${algorithm}; expected exactly one`);
  return ids[0]!;
}
