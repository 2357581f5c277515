/** In bytes of JSON. API Gateway takes 8 KB for the whole answer of an authorizer. */
const maxContext = 4096;

/**
 * The claims that the API gets to see, as text: API Gateway passes on neither lists nor objects, so those are left out. Undefined
 * when they are too large, since leaving one out then would be to say that the token does not have it.
 */
export function claimsContext(
  claims: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, string> | undefined {
  const context = Object.fromEntries(
    names
      .map((name) => [name, Object.hasOwn(claims, name) ? claims[name] : undefined] as const)
      .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
      .map(([name, value]) => [name, String(value)]),
  );
  return Buffer.byteLength(JSON.stringify(context)) <= maxContext ? context : undefined;
}
