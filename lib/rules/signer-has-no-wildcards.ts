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

const isWide = ({ effect, actions, resources, inverted }: Statement): boolean =>
  effect === 'Allow' &&
  (inverted ||
    actions.some((action) => action.includes('*')) ||
    (resources.includes('*') && !actions.every((action) => withoutResources.includes(action))));

export const signerHasNoWildcards: Rule = {
  id: 'SignerHasNoWildcards',
  description: 'The role of the auth function names each action, and each resource where AWS knows resources.',
  fix: `Name them; '*' as the resource is for '${withoutResources.join("', '")}' alone.`,
  check: (template) =>
    signerStatements(template)
      .filter(({ statements }) => statements.some(isWide))
      .map(({ source, location }) => ({ id: source.id, location })),
};
