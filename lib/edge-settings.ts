import { Token } from 'aws-cdk-lib';
import type { SettingProblem } from '../contract/settings.ts';
import { domainProblems } from './domain-settings.ts';
import { originSecretProblems } from './origin-secrets.ts';

export const edgePhases = ['test', 'move', 'locked'] as const;

/**
 * How far an API has moved behind CloudFront. `test`: the distribution answers at its own address, everything else is as before. `move`:
 * the name leads to the distribution, and direct requests still get in. `locked`: they do not.
 */
export type EdgePhase = (typeof edgePhases)[number];

export interface EdgeSettings {
  /** The name of the setting that holds these, such as 'cloudFront'. */
  readonly setting: string;
  /** The API's own name, and that of its setting. */
  readonly domain: readonly [setting: string, name: string | undefined];
  readonly certificateArn: readonly [setting: string, arn: string];
  readonly webAclArn: string | undefined;
  readonly originSecrets: readonly string[] | undefined;
  /** Of the stack, which makes the web ACL in us-east-1 alone; undefined where a stack beside it does. */
  readonly region: string | undefined;
  /** Whether something else is said to tell the client's address. */
  readonly hasClientAddress: boolean;
}

/** What would fail the deployment of a distribution, or leave a hole beside it. */
export function edgeProblems(settings: EdgeSettings): SettingProblem[] {
  const { setting, certificateArn, region, webAclArn } = settings;
  const [domainSetting, name] = settings.domain;
  if (name === undefined) {
    return [{ setting, message: `needs ${domainSetting}: the distribution answers on the API's own name` }];
  }
  const problems = [
    ...domainProblems({
      name: [domainSetting, name],
      certificateArn,
      zoneName: undefined,
      region: 'us-east-1',
      owner: 'CloudFront',
    }),
    ...originSecretProblems(`${setting}.originSecrets`, settings.originSecrets),
    ...webAclProblems(`${setting}.webAclArn`, webAclArn, region),
  ];
  if (settings.hasClientAddress) {
    problems.push({ setting: 'clientAddress', message: `excludes ${setting}, which sets it` });
  }
  return problems;
}

function webAclProblems(setting: string, arn: string | undefined, region: string | undefined): SettingProblem[] {
  if (arn === undefined) {
    if (region === undefined || region === 'us-east-1') return [];
    const where = Token.isUnresolved(region) ? 'whose Region is not set' : `in '${region}'`;
    return [
      {
        setting,
        message: `is missing; a stack ${where} cannot make a web ACL for CloudFront: give the ARN of one in 'us-east-1', such as that of an EdgeFirewallStack`,
      },
    ];
  }
  if (Token.isUnresolved(arn) || /^arn:[a-z-]+:wafv2:us-east-1:\d{12}:global\/webacl\/.+/.test(arn)) return [];
  const allowed = "'arn:aws:wafv2:us-east-1:111122223333:global/webacl/…'";
  return [
    { setting, message: `'${arn}' is not the ARN of a web ACL for CloudFront; allowed is one such as ${allowed}` },
  ];
}
