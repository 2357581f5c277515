import * as z from 'zod';

/** One version of Better Auth's secret. */
export interface SecretVersion {
  /** Counts up from 1. What is encrypted names the version that it was encrypted with. */
  readonly version: number;
  readonly value: string;
  /** When it was published. Nothing signs with it until every container has had time to read it. */
  readonly created: Date;
  /** It has leaked: nothing that it signed is accepted any more. What it encrypted can still be read. */
  readonly distrusted?: boolean | undefined;
}

/** Better Auth derives cookie signatures and encryption from it; ASVS 5.0 11.4.x asks for 128 bits at least. */
const minLength = 32;

const schema = z
  .array(
    z.strictObject({
      version: z.int().min(1),
      value: z.string().min(minLength),
      created: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
      distrusted: z.boolean().optional(),
    }),
  )
  .min(1)
  .refine((versions) => versions.every(({ version }, i) => i === 0 || version < versions[i - 1]!.version), {
    message: 'are not in descending order, each once',
  })
  .refine((versions) => versions.some(({ distrusted }) => !distrusted), { message: 'are all distrusted' });

/**
 * Reads the secret as Secrets Manager holds it: a JSON list of versions, the newest first, or plain text, which is version 1.
 *
 * @throws Error that tells what is wrong, without any value
 */
export function parseSecret(text: string): readonly SecretVersion[] {
  if (!text.startsWith('[')) return [{ version: 1, value: longEnough(text), created: new Date(0) }];
  const { data, error } = schema.safeParse(parseJson(text));
  if (data) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'the versions'}: ${message}`);
  throw new Error(`the auth secret is not a list of versions: ${problems.join('; ')}`);
}

export const formatSecret = (versions: readonly SecretVersion[]): string => JSON.stringify(versions);

function longEnough(text: string): string {
  if (text.length >= minLength) return text;
  throw new Error(`the auth secret has ${text.length} characters; allowed are ${minLength} or more`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes what it read.
    throw new Error('the auth secret starts like a JSON list and is none');
  }
}
