import type { Stage } from './environment.ts';
import { defaultBreachTimeout, defaultRangeEndpoint } from './password-defaults.ts';
import { secureUrlProblem } from './secure-url.ts';
import type { SettingRule } from './setting-rule.ts';

const given = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Rules on `passwords.breachCheck`: off, or an object that says what an outage means. */
export const breachCheckRule: SettingRule = {
  setting: 'passwords.breachCheck',
  default: false,
  standard: 'ASVS 5.0 6.2.12',
  problem(value) {
    if (value === false) return undefined;
    if (!given(value)) return `is ${JSON.stringify(value)}; allowed is false or an object`;
    const unknown = Object.keys(value).find((name) => !['onUnavailable', 'endpoint', 'timeout'].includes(name));
    if (unknown) return `has '${unknown}', which is no setting; allowed are onUnavailable, endpoint and timeout`;
    const { onUnavailable, endpoint = defaultRangeEndpoint, timeout = defaultBreachTimeout } = value;
    if (onUnavailable !== 'allow' && onUnavailable !== 'deny') {
      return `has onUnavailable ${JSON.stringify(onUnavailable)}; allowed are 'allow' and 'deny', and it must be said`;
    }
    const wrongUrl = secureUrlProblem(endpoint);
    if (wrongUrl) return `has an endpoint that ${wrongUrl}`;
    if (typeof timeout !== 'number' || !(timeout >= 100 && timeout <= 5000)) {
      return `has timeout ${JSON.stringify(timeout)}; allowed are 100 to 5000 milliseconds`;
    }
    return undefined;
  },
  warning(value: unknown, stage: Stage) {
    if (value === false) return stage === 'prod' ? 'is off: passwords known from breaches are accepted' : undefined;
    if (given(value) && value.onUnavailable === 'allow') {
      return "has onUnavailable 'allow': during an outage of the service passwords are not checked";
    }
    return undefined;
  },
};
