import type { AuthorizerSettings } from '../../contract/authorizer.ts';

type Requirements = Pick<AuthorizerSettings, 'requiredClaims' | 'requiredScopes'>;

/** Why a genuine token does not do for this API; undefined when it does. */
export function missingEntitlement(
  claims: Readonly<Record<string, unknown>>,
  { requiredClaims, requiredScopes }: Requirements,
): 'CLAIM_MISMATCH' | 'SCOPE_MISSING' | undefined {
  const differs = ([name, value]: [string, string]) => !Object.hasOwn(claims, name) || claims[name] !== value;
  if (Object.entries(requiredClaims).some(differs)) return 'CLAIM_MISMATCH';
  const scopes = scopesOf(claims);
  return requiredScopes.every((scope) => scopes.includes(scope)) ? undefined : 'SCOPE_MISSING';
}

/** `scope` is text with spaces between (RFC 8693, section 4.2), `scp` what some issuers call it, often a list. */
function scopesOf({ scope, scp }: Readonly<Record<string, unknown>>): unknown[] {
  return [scope, scp].flatMap((value) =>
    typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [],
  );
}
