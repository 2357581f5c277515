import { SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import type { SettingProblem } from '../contract/settings.ts';
import { throttledMethods } from './auth-api-routes.ts';
import { rangeProblems } from './whole-numbers.ts';

export interface ThrottleSettings {
  readonly throttle?: number | undefined;
  readonly credentialThrottle?: number | undefined;
  readonly throttles?: Readonly<Record<string, number>> | undefined;
}

export interface AuthApiSettings extends ThrottleSettings {
  readonly stageName?: string;
  readonly domainName?: string;
  readonly certificate?: object;
  readonly hostedZone?: object;
  readonly securityPolicy?: SecurityPolicy;
}

/** Policies for regional endpoints in which every cipher has forward secrecy. */
const securityPolicies: readonly SecurityPolicy[] = [
  SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
  SecurityPolicy.TLS13_1_3_2025_09,
  SecurityPolicy.TLS13_1_3_FIPS_2025_09,
];

/** What API Gateway would refuse at deployment, what would do nothing, and ciphers that may not be offered. */
export function authApiProblems(settings: AuthApiSettings): SettingProblem[] {
  const { domainName, securityPolicy, stageName } = settings;
  const problems: SettingProblem[] = [];
  for (const setting of ['certificate', 'hostedZone'] as const) {
    if (settings[setting] && !domainName) {
      problems.push({ setting, message: 'has no effect without domainName; give both or none' });
    }
  }
  if (stageName !== undefined && !/^[A-Za-z0-9_]{1,128}$/.test(stageName)) {
    problems.push({
      setting: 'stageName',
      message: `'${stageName}' is not allowed; allowed are up to 128 letters, digits and underscores`,
    });
  }
  if (securityPolicy && !securityPolicies.includes(securityPolicy)) {
    problems.push({
      setting: 'securityPolicy',
      message: `'${securityPolicy}' is not allowed; allowed are '${securityPolicies.join("', '")}'`,
    });
  }
  return [...problems, ...throttleProblems(settings)];
}

export function throttleProblems({ throttle, credentialThrottle, throttles = {} }: ThrottleSettings): SettingProblem[] {
  const unknown = Object.keys(throttles).filter((method) => !throttledMethods.includes(method));
  return [
    ...unknown.map((method) => ({
      setting: 'throttles',
      message: `'${method}' is not a method of the API with a throttle of its own; allowed are '${throttledMethods.join("', '")}'`,
    })),
    ...rangeProblems({ throttle, credentialThrottle, ...prefixed(throttles) }, 1, 10_000, 'requests a second'),
  ];
}

const prefixed = (throttles: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(throttles).map(([method, rate]) => [`throttles['${method}']`, rate]));
