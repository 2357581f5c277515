import { Token } from 'aws-cdk-lib';
import { parseUrl } from '../contract/parse-url.ts';
import type { SettingProblem } from '../contract/settings.ts';

/** The API's own name and what has to fit it, each with the name of its setting. */
export interface DomainSettings {
  readonly name: readonly [setting: string, value: string];
  readonly certificateArn: readonly [setting: string, value: string | undefined];
  readonly zoneName: string | undefined;
  /** The Region where the certificate has to be, where it is known. */
  readonly region: string | undefined;
  /** Whose certificate has to be there. @default - 'the API' */
  readonly owner?: string;
}

/** What would fail the deployment of the API's own name, or leave it unreachable. */
export function domainProblems(settings: DomainSettings): SettingProblem[] {
  const { zoneName } = settings;
  const [nameSetting, name] = settings.name;
  const [certificateSetting, certificateArn] = settings.certificateArn;
  const messages = [
    [nameSetting, nameProblem(name, zoneName)],
    [certificateSetting, certificateProblem(certificateArn, settings)],
  ] as const;
  return messages.flatMap(([setting, message]) => (message ? [{ setting, message }] : []));
}

export interface KeySetDomainSettings extends Pick<DomainSettings, 'name' | 'certificateArn' | 'zoneName'> {
  /** Where it is known. */
  readonly issuer: string | undefined;
}

/** The same for the name under which CloudFront serves the key set. */
export function keySetDomainProblems(settings: KeySetDomainSettings): SettingProblem[] {
  const [setting, name] = settings.name;
  const { issuer } = settings;
  const taken = issuer && !Token.isUnresolved(issuer) && parseUrl(issuer)?.hostname === name;
  const message = `'${name}' is the name of the API; the key set needs one of its own`;
  return [
    ...domainProblems({ ...settings, region: 'us-east-1', owner: 'CloudFront' }),
    ...(taken ? [{ setting, message }] : []),
  ];
}

function nameProblem(name: string, zoneName: string | undefined): string | undefined {
  if (Token.isUnresolved(name)) return undefined;
  if (!name.includes('.')) return `'${name}' is not a full name; allowed is one such as 'auth.example.com'`;
  const normal = parseUrl(`https://${name}`)?.hostname ?? name;
  if (name !== normal) return `'${name}' is not in its normal form; allowed is '${normal}'`;
  if (zoneName === undefined || Token.isUnresolved(zoneName)) return undefined;
  const zone = zoneName.toLowerCase().replace(/\.$/, '');
  return name === zone || name.endsWith(`.${zone}`)
    ? undefined
    : `'${name}' is not in the hosted zone '${zone}'; allowed are that name and names below it`;
}

function certificateProblem(arn: string | undefined, settings: DomainSettings): string | undefined {
  const { region, owner = 'the API' } = settings;
  if (arn === undefined || Token.isUnresolved(arn)) return undefined;
  const [, certificateRegion] = /^arn:[a-z-]+:acm:([a-z0-9-]+):\d{12}:certificate\/.+$/.exec(arn) ?? [];
  const here = region === undefined || Token.isUnresolved(region) ? undefined : region;
  if (!certificateRegion) {
    return `'${arn}' is not the ARN of an ACM certificate; allowed is one such as 'arn:aws:acm:${here ?? 'eu-west-1'}:111122223333:certificate/…'`;
  }
  return here === undefined || certificateRegion === here
    ? undefined
    : `'${arn}' is in '${certificateRegion}'; allowed is one in '${here}', where ${owner} looks for it`;
}
