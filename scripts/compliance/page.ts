import { rules } from '../../lib/rules/index.ts';
import { plainTable } from '../keys/policy/page.ts';
import { type Acknowledgement, acknowledgements } from './acknowledgements.ts';
import { fullApp } from './app.ts';

export const pageFile = 'docs/compliance.md';

/** docs/compliance.md, from the constructs of both stages, and of prod behind CloudFront, with every part that they can have. */
export function compliancePage(all: readonly Acknowledgement[] = acknowledgements(fullApp())): string {
  return `# Compliance

<!-- Written by \`npm run report:compliance\`; do not edit. -->

Every synthesis runs four packs of [cdk-nag](https://github.com/cdklabs/cdk-nag) over all stages: AwsSolutions, NIST 800-53 rev. 5, HIPAA
Security and PCI DSS 3.2.1. A finding without a written reason stops it. The packs look at templates: they help with an audit, and do not
replace one.

## Exceptions

Each is for one construct and its parts, in every stage that has it. This is the list of both stages, and of \`prod\` behind CloudFront, with
every part that they can have.

${plainTable(['rule', 'where', 'why'], exceptions(all))}

## Our own checks

What the packs miss. \`npm run synth\` runs them too, and any app can:

\`\`\`ts
import { Validations } from 'aws-cdk-lib';
import { GatehouseChecks } from 'cdk-gatehouse';

Validations.of(app).addPlugins(new GatehouseChecks());
\`\`\`

Rules about the auth function find it by its leave to sign, and those about its API by the path \`sign-in\`, so they are silent about
everything else. An exception is acknowledged like one of cdk-nag, as \`GatehouseChecks::AlarmReachesSomebody\`.

${plainTable(
  ['rule', 'what holds'],
  rules.map(({ id, description }) => [`\`${id}\``, description]),
)}
`;
}

/** A row for each reason: packs that have the same rule share one. */
function exceptions(all: readonly Acknowledgement[]): string[][] {
  const byReason = new Map<string, Acknowledgement[]>();
  for (const one of all) byReason.set(one.reason, [...(byReason.get(one.reason) ?? []), one]);
  return [...byReason.entries()].map(([reason, same]) => [
    list(same.map(({ id }) => id)),
    list(same.map(({ path }) => path)),
    reason,
  ]);
}

const list = (values: readonly string[]): string =>
  [...new Set(values)]
    .sort()
    .map((value) => `\`${value}\``)
    .join(', ');
