import * as z from 'zod';
import type { AuthorizerSettings } from '../../contract/authorizer.ts';
import { environment } from '../../contract/environment.ts';
import { ConfigurationError } from '../auth/configuration-error.ts';
import { signingAlgorithmNames } from '../tokens/signing-key-schema.ts';

const text = z.string().min(1);

/** URLs are checked by the verifier. */
const schema = z.strictObject({
  issuer: text,
  jwksUri: text.optional(),
  audiences: z.tuple([text], text),
  algorithms: z.tuple([z.enum(signingAlgorithmNames)], z.enum(signingAlgorithmNames)).optional(),
  identityHeader: text,
  requiredScopes: z.array(text),
  requiredClaims: z.record(text, text),
  contextClaims: z.array(text),
}) satisfies z.ZodType<AuthorizerSettings>;

/** Reads and validates what `JwtAuthorizer` configured. Throws `ConfigurationError` that names every setting at fault. */
export function readSettings(variables: NodeJS.ProcessEnv) {
  const { data, error } = schema.safeParse(parse(variables[environment.authorizer]));
  if (data) return data;
  const problems = error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw new ConfigurationError(`${environment.authorizer} is not valid: ${problems.join('; ')}`);
}

function parse(json = ''): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ConfigurationError(`${environment.authorizer} is not valid JSON`);
  }
}
