import { stackResources } from './stack.ts';
import { actionRows, type Row, replicationRows, signingRows } from './tables.ts';

export const pageFile = 'docs/key-policy.md';

/** docs/key-policy.md, from an evaluation of the synthesized template. */
export async function keyPolicyPage(): Promise<string> {
  const resources = stackResources();
  const [signing, actions, replication] = await Promise.all([
    signingRows(resources),
    actionRows(resources),
    replicationRows(),
  ]);
  return `# Who may do what with a signing key

<!-- Written by \`npm run report:key-policy\`; do not edit. -->

Evaluated offline by [iam-simulate](https://github.com/cloud-copilot/iam-simulate) from the synthesized template of stage \`prod\` with an
active key of every algorithm: the key policies, and the policies of the stack's own roles. Everyone else has
AdministratorAccess, so that what is denied is denied by the key. Deployment is the execution role of the CDK bootstrap, break-glass a role in
\`breakGlassRoleArns\`. No service control policies are taken into account; they can only deny more.

## Signing

\`kms:Sign\`, by the key's algorithm and by what is asked of KMS.

${table(['key', 'request'], signing)}

## Everything else

The answers are the same for the keys of all algorithms.

${table(['action'], actions)}

Whoever stops a key is on the break-glass list or is the root user. Bringing it back (\`EnableKey\`, \`CancelKeyDeletion\`) is left to the
account's administrators. The policy can always be changed by the deployment, so that no update is locked out, and by the root
user, so that no key is orphaned when the deployment role is gone.

## Replication

\`kms:ReplicateKey\` with \`multiRegionKeys\` and \`keyReplicaRegions: ['eu-central-1']\`. Without them it is denied as above.

${table(['request'], replication)}
`;
}

/** Answers by principal. */
export function table(labels: readonly string[], rows: readonly Row[]): string {
  const names = Object.keys(rows[0]!.allowed);
  return plainTable(
    [...labels, ...names],
    rows.map(({ label, allowed }) => [
      ...label.split(' | '),
      ...names.map((name) => (allowed[name] ? '**allowed**' : 'denied')),
    ]),
  );
}

/** With columns as wide as the formatter makes them. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
