import { allows } from '../keys/policy/evaluate.ts';
import { plainTable, table } from '../keys/policy/page.ts';
import type { Resources } from '../keys/policy/resolve.ts';
import { stackResources } from '../keys/policy/stack.ts';
import type { Row } from '../keys/policy/tables.ts';
import { type AccessCase, accessCases } from './requests.ts';
import { type Role, rolesOf } from './roles.ts';
import { serviceCases } from './service-requests.ts';
import { wildcards } from './wildcards.ts';

export const pageFile = 'docs/least-privilege.md';

/** Stage prod with every secret that it can have. */
export const evaluatedStack = (): Resources => stackResources({ pepper: true, providerSecrets: true });

/** docs/least-privilege.md, from an evaluation of the synthesized template. Throws where it is not as requests.ts says. */
export async function leastPrivilegePage(resources: Resources = evaluatedStack()): Promise<string> {
  const roles = rolesOf(resources);
  const access = await Promise.all(accessCases(resources).map((asked) => accessRow(asked, roles)));
  const services = await Promise.all(serviceCases(resources).map(serviceRow));
  return `# What each role may do

<!-- Written by \`npm run report:least-privilege\`; do not edit. -->

Evaluated offline by [iam-simulate](https://github.com/cloud-copilot/iam-simulate) from the synthesized template of stage \`prod\`: the
policies of the stack's own roles, and the policies of keys, queues, topic and function. What is not listed here and not in the policies
is denied, as IAM denies by default. Who may do what with a signing key, people included, is on [a page of its own](key-policy.md).

The roles: \`auth\` is the function behind the API, \`mailer\` sends what is queued, \`publisher\` reads the public keys at deployment,
\`rollout\` is CodeDeploy's, which shifts traffic to a new version; \`subscription\` hands audit events to the archive's stream, which has
\`archive\`.

${table(['what', 'action'], access)}

## Services

Resource policies decide whether a service of AWS gets through, and for whom.

${table(['on behalf of', 'service and action'], services)}

## Wildcards

No role has a wildcard in an action, or a managed policy; API Gateway's role for logs, one for the account and Region, is AWS's own. These
are all resources that are not named in full, with every option on:

${plainTable(
  ['action', 'resource', 'why'],
  wildcards().map(({ action, resource, reason }) => [action, `\`${resource}\``, reason]),
)}
`;
}

async function accessRow({ target, action, on, context, allowed }: AccessCase, roles: readonly Role[]): Promise<Row> {
  const answers = await Promise.all(
    roles.map(async ({ name, arn, policies }) => {
      const answer = await allows({
        principal: arn,
        action,
        resource: on.arn,
        context: { 'aws:SecureTransport': 'true', ...context },
        identityPolicies: policies,
        resourcePolicy: on.policy,
      });
      if (answer !== allowed.includes(name)) {
        throw new Error(
          `${name}, ${action} on ${target}: is ${answer ? 'allowed' : 'denied'}; requests.ts says otherwise`,
        );
      }
      return [name, answer] as const;
    }),
  );
  return { label: `${target} | ${action}`, allowed: Object.fromEntries(answers) };
}

async function serviceRow({ label, service, action, on, context, allowed }: ReturnType<typeof serviceCases>[number]) {
  const answer = await allows({
    principal: service,
    action,
    resource: on.arn,
    context,
    identityPolicies: [],
    resourcePolicy: on.policy,
  });
  if (answer !== allowed)
    throw new Error(`${label}: is ${answer ? 'allowed' : 'denied'}; service-requests.ts says otherwise`);
  return { label: `${label} | ${service} ${action}`, allowed: { answer } };
}
