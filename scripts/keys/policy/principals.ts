import { account, breakGlassRoleArn, region } from './account.ts';
import { type Resources, resolve } from './resolve.ts';

export interface Principal {
  readonly name: string;
  readonly arn: string;
  /** Its identity policies, resolved. */
  readonly policies: readonly object[];
}

const administrator = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/**
 * Everyone who is asked about: the roles of the stack with the policies of its template, and others that are as mighty as can be,
 * with AdministratorAccess. The root user needs no policy in AWS; here it gets the same one, since it is evaluated as a user.
 */
export function principals(resources: Resources): Principal[] {
  const role = (arn: string) => `arn:aws:iam::${arn}`;
  const signer = stackRole(/AuthFunctionResourceRole/, resources);
  return [
    { name: 'auth function', ...signer },
    { name: 'auth function as administrator', arn: signer.arn, policies: [administrator] },
    { name: 'key publisher', ...stackRole(/PublisherFunctionRole/, resources) },
    { name: 'mailer', ...stackRole(/MailMailerRole/, resources) },
    {
      name: 'deployment',
      arn: role(`${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-${region}`),
      policies: [administrator],
    },
    { name: 'break-glass', arn: breakGlassRoleArn, policies: [administrator] },
    { name: 'root user', arn: role(`${account}:root`), policies: [administrator] },
    { name: 'another administrator', arn: role(`${account}:role/administrator`), policies: [administrator] },
    { name: 'another account', arn: role('444455556666:role/administrator'), policies: [administrator] },
  ];
}

/** A role of the stack, with the policies that the template attaches to it. */
export function stackRole(pattern: RegExp, resources: Resources): { arn: string; policies: object[] } {
  const ids = Object.keys(resources).filter((id) => resources[id]!.Type === 'AWS::IAM::Role' && pattern.test(id));
  if (ids.length !== 1) throw new Error(`${ids.length} roles match ${pattern}; expected exactly one`);
  const [roleId] = ids as [string];
  const attached = Object.values(resources).filter(
    ({ Type, Properties }) =>
      /^AWS::IAM::(Managed)?Policy$/.test(Type) && (resolve(Properties.Roles, resources) as string[]).includes(roleId),
  );
  return {
    arn: `arn:aws:iam::${account}:role/${roleId}`,
    policies: attached.map(({ Properties }) => resolve(Properties.PolicyDocument, resources) as object),
  };
}
