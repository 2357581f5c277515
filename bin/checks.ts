import type { IPolicyValidationPlugin } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { GatehouseChecks } from '../lib/index.ts';

/** The packs of cdk-nag. */
export const packs = () => [
  new AwsSolutionsChecks(),
  new NIST80053R5Checks(),
  new HIPAASecurityChecks(),
  new PCIDSS321Checks(),
];

/** What every synthesis of the app has to pass. */
export const checks = (): IPolicyValidationPlugin[] => [...packs(), new GatehouseChecks()];
