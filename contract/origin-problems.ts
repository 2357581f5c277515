import type { Stage } from './environment.ts';
import { parseOriginPattern } from './origin-pattern.ts';
import type { SettingProblem } from './settings.ts';

/**
 * Trusted origins are `https://app.example.com`, `https://*.example.com` (every name below it, never itself),
 * `chrome-extension://<id>`, or a custom scheme, `myapp://`. http is for the loopback in dev, there with any port too:
 * `http://localhost:*`.
 */
export function trustedOriginProblems(origins: readonly string[], stage: Stage): SettingProblem[] {
  return origins.flatMap((origin) => {
    const words = originProblem(origin, stage);
    return words ? [{ setting: 'trustedOrigins', message: `trusted origin '${origin}' ${words}` }] : [];
  });
}

/** Why an origin is refused, in words that follow it. */
function originProblem(origin: string, stage: Stage): string | undefined {
  const pattern = parseOriginPattern(origin);
  if (typeof pattern === 'string') return pattern;
  if (pattern.kind !== 'custom' && pattern.scheme === 'http') {
    if (stage === 'prod') return "must use https in stage 'prod'";
    if (!pattern.loopback) return 'must use https; http is for the loopback only';
  }
  return undefined;
}
