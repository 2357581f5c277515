import { CfnIPSet } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { networksByVersion } from '../networks.ts';
import type { FirewallScope } from './match.ts';
import { requireLength } from './require.ts';

export interface FirewallIpSetProps {
  /** Networks in CIDR notation, of both IP versions, never `/0`; 10,000 of each at most. @default - none */
  readonly networks?: readonly string[];
  /** That of the firewalls that use it. @default 'REGIONAL' */
  readonly scope?: FirewallScope;
}

/** AWS WAF has sets of one IP version only, so these are two. */
export interface IpSetArns {
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** Networks that several firewalls share. */
export class FirewallIpSet extends Construct {
  readonly arns: Required<IpSetArns>;

  constructor(scope: Construct, id: string, props: FirewallIpSetProps = {}) {
    super(scope, id);
    this.arns = ipSets(this, '', 'networks', props);
  }
}

/** Makes the two sets. Both exist even when empty: operators may fill them. */
export function ipSets(
  scope: Construct,
  prefix: string,
  setting: string,
  { networks = [], scope: aclScope = 'REGIONAL' }: FirewallIpSetProps,
): Required<IpSetArns> {
  const { ipv4, ipv6 } = networksByVersion(setting, networks);
  const set = (version: 'V4' | 'V6', addresses: string[]) =>
    new CfnIPSet(scope, `${prefix}Ip${version.toLowerCase()}`, {
      scope: aclScope,
      ipAddressVersion: `IP${version}`,
      addresses: [...requireLength(setting, addresses, 0, 10_000)],
    }).attrArn;
  return { ipv4: set('V4', ipv4), ipv6: set('V6', ipv6) };
}
