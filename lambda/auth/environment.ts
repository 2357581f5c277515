import * as z from 'zod';
import { clientAddressProblem, clientAddressSources } from '../../contract/client-address.ts';
import { environment, stages } from '../../contract/environment.ts';
import { networkProblem, parseNetwork } from '../../contract/networks.ts';
import { trustedOriginProblems } from '../../contract/origin-problems.ts';
import { routes } from '../../contract/routes.ts';
import { baseUrlProblems, type SettingProblem } from '../../contract/settings.ts';
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

const networks = z.array(
  z.string().transform((text, context) => {
    const network = parseNetwork(text);
    if (!network) context.addIssue({ code: 'custom', message: networkProblem(text) });
    return network ?? z.NEVER;
  }),
);

const clientAddress = z
  .object({
    from: z.enum(clientAddressSources),
    header: z.string().optional(),
    originSecretArn: z.string().min(1),
  })
  .superRefine((source, context) => {
    const message = clientAddressProblem(source);
    if (message) context.addIssue({ code: 'custom', message });
  });

const schema = z.object({
  [environment.baseUrl]: z.string(),
  [environment.stage]: z.enum(stages),
  [environment.identityTable]: z.string().min(3),
  [environment.rateLimitTable]: z.string().min(3),
  [environment.secretArn]: z.string().min(1),
  [environment.providerSecretsArn]: z.string().min(1).optional(),
  [environment.signingKeys]: json(publishedKeys),
  [environment.jwksUri]: z.url({ protocol: /^https$/ }).optional(),
  [environment.tokenAudience]: z.string().min(1).optional(),
  [environment.audienceAlgorithms]: json(audienceAlgorithms).default({}),
  [environment.pepperSecretArn]: z.string().min(1).optional(),
  [environment.mailQueueUrl]: z.url(),
  [environment.trustedOrigins]: json(z.array(z.string())).default([]),
  [environment.adminNetworks]: json(networks).default([]),
  [environment.clientAddress]: json(clientAddress).optional(),
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
    providerSecretsArn: data[environment.providerSecretsArn],
    signingKeys,
    jwksUri: data[environment.jwksUri] ?? baseUrl + routes.jwks,
    tokenAudience: data[environment.tokenAudience] ?? baseUrl,
    audienceAlgorithms,
    pepperSecretArn: data[environment.pepperSecretArn],
    mailQueueUrl: data[environment.mailQueueUrl],
    trustedOrigins,
    adminNetworks: data[environment.adminNetworks],
    clientAddress: data[environment.clientAddress],
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
