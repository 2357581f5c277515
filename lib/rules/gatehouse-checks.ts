import { readFileSync } from 'node:fs';
import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolation,
} from 'aws-cdk-lib';
import { rules } from './index.ts';
import type { Template } from './template.ts';

/**
 * What the packs of cdk-nag miss, as a validation plugin for any app: who signs, who reads what, the rules of the firewall, where secrets
 * are. Rules about the auth function find it by its leave to sign, so they are silent in stacks without one.
 *
 * ```ts
 * Validations.of(app).addPlugins(new GatehouseChecks());
 * // An exception, where it is due:
 * Validations.of(alarm).acknowledge({ id: 'GatehouseChecks::AlarmReachesSomebody', reason: 'A child of a composite alarm.' });
 * ```
 */
export class GatehouseChecks implements IPolicyValidationPlugin {
  readonly name = 'GatehouseChecks';
  readonly ruleIds = rules.map(({ id }) => id);

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = templatePaths.flatMap((templatePath) => {
      const template = JSON.parse(readFileSync(templatePath, 'utf8')) as Template;
      return rules.flatMap(({ id, description, fix, check }): PolicyViolation[] => {
        const findings = check(template);
        const violatingResources = [...new Set(findings.map((finding) => finding.id))].map((resourceLogicalId) => ({
          resourceLogicalId,
          locations: findings.filter((finding) => finding.id === resourceLogicalId).map(({ location }) => location),
          templatePath,
        }));
        return violatingResources.length > 0
          ? [{ ruleName: id, description, fix, severity: 'error', violatingResources }]
          : [];
      });
    });
    return { success: violations.length === 0, violations };
  }
}
