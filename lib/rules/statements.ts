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

export const isEverybody = (principal: unknown): boolean =>
  principal === '*' || list((principal as Properties | undefined)?.AWS).includes('*');

/** Whether a statement of a resource's policy denies `action` to everybody whom its conditions do not spare. */
export const denies = (statement: Statement, action: string): boolean =>
  statement.effect === 'Deny' && !statement.inverted && isEverybody(statement.principal) && names(statement, action);

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
      rolesWith(template, source).map((roleId) => ({
        roleId,
        source,
        location: 'Properties.PolicyDocument',
        statements: statementsOf(source.properties.PolicyDocument),
      })),
    ),
  ),
];

/** A policy names its roles, or a role the managed policy. */
const rolesWith = (template: Template, { id, properties }: Found): string[] => [
  ...new Set([
    ...referencesIn(properties.Roles ?? properties.RoleName),
    ...resourcesOf(template, 'AWS::IAM::Role')
      .filter((role) => referencesIn(role.properties.ManagedPolicyArns).includes(id))
      .map((role) => role.id),
  ]),
];

/** The roles that the policy of a key lets sign, whatever their own policies say. */
const signersByKey = (template: Template): string[] =>
  resourcesOf(template, 'AWS::KMS::Key')
    .flatMap(({ properties }) => statementsOf(properties.KeyPolicy))
    .filter((statement) => statement.effect === 'Allow' && names(statement, 'kms:Sign'))
    .flatMap(({ principal }) => referencesIn(principal));

/** The statements of the roles that may sign: the auth function's, wherever it is. */
export function signerStatements(template: Template): RoleStatements[] {
  const all = roleStatements(template);
  const signs = ({ statements }: RoleStatements) =>
    statements.some((statement) => statement.effect === 'Allow' && names(statement, 'kms:Sign'));
  const signers = new Set([...all.filter(signs).map(({ roleId }) => roleId), ...signersByKey(template)]);
  return all.filter(({ roleId }) => signers.has(roleId));
}
