import * as z from 'zod';
import { environment, stages } from '../../contract/environment.ts';
import { routes } from '../../contract/routes.ts';
import { baseUrlProblems, type SettingProblem, trustedOriginProblems } from '../../contract/settings.ts';
import type { PublishedKey } from '../../contract/signing.ts';
import { signingAlgorithmNames, signingKeySchema } from '../tokens/signing-key-schema.ts';
import type { AudienceAlgorithms } from '../tokens/token-audiences.ts';
import { ConfigurationError } from './configuration-error.ts';

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'is not valid JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const publishedKeys = z
  .array(signingKeySchema.extend({ publicKey: z.base64().min(1) }))
  .refine((keys) => keys.some((key) => key.state === 'active'), { message: 'has no active signing key' });

const audienceAlgorithms = z.record(z.string().min(1), z.enum(signingAlgorithmNames));

const schema = z.object({
  [environment.baseUrl]: z.string(),
  [environment.stage]: z.enum(stages),
  [environment.identityTable]: z.string().min(3),
  [environment.rateLimitTable]: z.string().min(3),
  [environment.secretArn]: z.string().min(1),
  [environment.signingKeys]: json(publishedKeys),
  [environment.jwksUri]: z.url({ protocol: /^https$/ }).optional(),
  [environment.tokenAudience]: z.string().min(1).optional(),
  [environment.audienceAlgorithms]: json(audienceAlgorithms).default({}),
  [environment.mailQueueUrl]: z.url(),
  [environment.trustedOrigins]: json(z.array(z.string())).default([]),
});

export type AuthEnvironment = ReturnType<typeof readEnvironment>;

/** Reads and validates what the constructs configured. Throws `ConfigurationError` that names every variable at fault. */
export function readEnvironment(variables: NodeJS.ProcessEnv) {
  const { data, error } = schema.safeParse(variables);
  if (error) {
    const problems = error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
    throw new ConfigurationError(`environment variables are not valid: ${problems.join('; ')}`);
  }
  const stage = data[environment.stage];
  const baseUrl = data[environment.baseUrl];
  const trustedOrigins = data[environment.trustedOrigins];
  const signingKeys = data[environment.signingKeys];
  const audienceAlgorithms = data[environment.audienceAlgorithms];
  const problems = [
    ...baseUrlProblems(baseUrl, stage),
    ...trustedOriginProblems(trustedOrigins, stage),
    ...audienceProblems(audienceAlgorithms, signingKeys),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems.map(({ message }) => message).join('; '));
  return {
    baseUrl,
    stage,
    identityTable: data[environment.identityTable],
    rateLimitTable: data[environment.rateLimitTable],
    secretArn: data[environment.secretArn],
    signingKeys,
    jwksUri: data[environment.jwksUri] ?? baseUrl + routes.jwks,
    tokenAudience: data[environment.tokenAudience] ?? baseUrl,
    audienceAlgorithms,
    mailQueueUrl: data[environment.mailQueueUrl],
    trustedOrigins,
  };
}

function audienceProblems(algorithms: AudienceAlgorithms, keys: readonly PublishedKey[]): SettingProblem[] {
  const active = keys.filter(({ state }) => state === 'active').map(({ algorithm }) => algorithm);
  return Object.entries(algorithms)
    .filter(([, algorithm]) => !active.includes(algorithm))
    .map(([audience, algorithm]) => {
      const message = `audience '${audience}' is set to ${algorithm}, which has no active signing key; active: ${active.join(', ')}`;
      return { setting: environment.audienceAlgorithms, message };
    });
}
