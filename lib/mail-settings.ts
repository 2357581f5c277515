import { Token } from 'aws-cdk-lib';
import type { SettingProblem } from '../contract/settings.ts';

/** The From address and what names its SES identity, each with the name of its setting. */
export interface MailSettings {
  readonly from: readonly [setting: string, value: string];
  /** The identity's domain or address, by setting; at most one may be given. */
  readonly identity: Readonly<Record<string, string | undefined>>;
}

/** What would keep SES from ever sending. */
export function mailProblems({ from: [setting, from], identity }: MailSettings): SettingProblem[] {
  const address = addressOf(from);
  if (!address) {
    return [{ setting, message: `'${from}' is not an address; allowed is one such as 'no-reply@example.com'` }];
  }
  const [first, ...others] = Object.entries(identity).filter(([, name]) => name !== undefined) as [string, string][];
  if (!first) return [];
  if (others.length > 0) {
    return [
      { setting: first[0], message: `excludes ${others.map(([other]) => other).join(' and ')}; give one of them` },
    ];
  }
  const [, name] = first;
  if (Token.isUnresolved(name) || covers(name, address)) return [];
  return [
    {
      setting,
      message: `'${address}' is not covered by '${name}'; allowed is that address, or one of that domain or below it`,
    },
  ];
}

/** The bare address of 'no-reply@example.com' or 'Example <no-reply@example.com>'. */
export function addressOf(from: string): string | undefined {
  const address = /<([^<>]+)>$/.exec(from)?.[1] ?? from;
  return /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(address) ? address : undefined;
}

/** SES compares domains without regard to case, and the part before the @ with it. */
function covers(identity: string, address: string): boolean {
  const [local, domain] = split(address);
  const [identityLocal, identityDomain] = split(identity);
  if (identityLocal !== undefined) return identityLocal === local && identityDomain === domain;
  return domain === identityDomain || domain.endsWith(`.${identityDomain}`);
}

function split(name: string): [local: string | undefined, domain: string] {
  const at = name.lastIndexOf('@');
  const domain = name.slice(at + 1).toLowerCase();
  return [at < 0 ? undefined : name.slice(0, at), domain.replace(/\.$/, '')];
}
