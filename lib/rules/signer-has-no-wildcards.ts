import type { Rule } from './rule.ts';
import { type Statement, signerStatements } from './statements.ts';

/** Actions that know no resources; AWS offers nothing narrower than `*`. */
const withoutResources = [
  'cloudwatch:GetMetricData',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** An ARN that ends in its wildcard before any name: of everything, of a service, or of a kind in an account. */
const nameless = /^(arn:([^:]*:){0,4})?[*?]+$|^arn:([^:]*:){3}[^:]+:[a-z-]+[:/][*?]+$/;

const isAll = (resource: unknown): boolean => typeof resource === 'string' && nameless.test(resource);

const isWide = ({ effect, actions, resources, inverted }: Statement): boolean =>
  effect === 'Allow' &&
  (inverted ||
    actions.some((action) => /[*?]/.test(action)) ||
    (resources.some(isAll) && !actions.every((action) => withoutResources.includes(action))));

export const signerHasNoWildcards: Rule = {
  id: 'SignerHasNoWildcards',
  description: 'The role of the auth function names each action, and each resource where AWS knows resources.',
  fix: `Name them; '*' as the resource is for '${withoutResources.join("', '")}' alone.`,
  check: (template) =>
    signerStatements(template)
      .filter(({ statements }) => statements.some(isWide))
      .map(({ source, location }) => ({ id: source.id, location })),
};
