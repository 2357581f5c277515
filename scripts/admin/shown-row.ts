import type { BetterAuthDBSchema } from 'better-auth/db';

/** Fields that let somebody in, prove something, or could be attacked; whatever model they are of. */
const secretName =
  /token|secret|password|backupcodes|hash|^key$|^value$|credential|^(device|user)code$|^(oidc|saml)config$/i;

/** A row without secrets; `withheld` names those that it has. */
export interface ShownRow {
  readonly row: Readonly<Record<string, unknown>>;
  readonly withheld: readonly string[];
}

/** A row as an operator, or the user it is about, may see it. */
export function shownRow(row: object, model: BetterAuthDBSchema[string]): ShownRow {
  const present = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  const isSecret = (field: string) => secretName.test(field) || model.fields[field]?.returned === false;
  return {
    row: Object.fromEntries(present.filter(([field]) => !isSecret(field))),
    withheld: present.map(([field]) => field).filter(isSecret),
  };
}
