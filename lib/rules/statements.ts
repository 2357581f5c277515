import { type Found, list, type Properties, referencesIn, resourcesOf, type Template } from './template.ts';

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly principal: unknown;
  /** Values by condition operator and key. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Whether it speaks of all actions, resources or principals but some. */
  readonly inverted: boolean;
}

export const statementsOf = (document: Properties | undefined): Statement[] =>
  list<Properties>(document?.Statement).map((statement) => ({
    effect: statement.Effect,
    actions: list(statement.Action),
    resources: list(statement.Resource),
    principal: statement.Principal,
    conditions: statement.Condition ?? {},
    inverted: ['NotAction', 'NotResource', 'NotPrincipal'].some((name) => name in statement),
  }));

/** Whether a statement names `action`, by itself or by a wildcard. IAM heeds no case. */
export const names = ({ actions, inverted }: Statement, action: string): boolean =>
  inverted || actions.some((pattern) => matches(pattern, action));

const matches = (pattern: string, action: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    'i',
  ).test(action);

/** What a role of the template is allowed, by the id of the role. */
export interface RoleStatements {
  readonly roleId: string;
  /** Where the statements stand: the role itself, or a policy. */
  readonly source: Found;
  readonly location: string;
  readonly statements: readonly Statement[];
}

/** The statements of all roles: their inline policies, and the policies of the template that are attached to them. */
export const roleStatements = (template: Template): RoleStatements[] => [
  ...resourcesOf(template, 'AWS::IAM::Role').flatMap((source) =>
    list<Properties>(source.properties.Policies).map(({ PolicyDocument }) => ({
      roleId: source.id,
      source,
      location: 'Properties.Policies',
      statements: statementsOf(PolicyDocument),
    })),
  ),
  ...['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy'].flatMap((type) =>
    resourcesOf(template, type).flatMap((source) =>
      referencesIn(source.properties.Roles ?? source.properties.RoleName).map((roleId) => ({
        roleId,
        source,
        location: 'Properties.PolicyDocument',
        statements: statementsOf(source.properties.PolicyDocument),
      })),
    ),
  ),
];

/** The statements of the roles that may sign: the auth function's, wherever it is. */
export function signerStatements(template: Template): RoleStatements[] {
  const all = roleStatements(template);
  const signs = ({ statements }: RoleStatements) =>
    statements.some((statement) => statement.effect === 'Allow' && names(statement, 'kms:Sign'));
  const signers = new Set(all.filter(signs).map(({ roleId }) => roleId));
  return all.filter(({ roleId }) => signers.has(roleId));
}
