import type { JWK } from 'jose';
import * as z from 'zod';
import { routes } from '../../contract/routes.ts';

export interface Fetched<Body> {
  readonly url: string;
  readonly cacheControl: string | null;
  readonly body: Body;
}

export interface PublishedDocuments {
  readonly issuer: string;
  readonly discovery: Fetched<z.output<typeof discovery>>;
  /** The key set at the issuer's own address. */
  readonly keySet: Fetched<{ readonly keys: readonly JWK[] }>;
  /** The key set at `jwks_uri`, when that is another address. */
  readonly linkedKeySet?: PublishedDocuments['keySet'] | undefined;
}

const discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });
const keySet = z.object({
  keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), alg: z.string(), use: z.string().optional() })),
});

const timeout = 10_000;

/** What a verifier fetches. Throws an error that names the address and why it did not answer as expected. */
export async function fetchPublished(issuer: string): Promise<PublishedDocuments> {
  const own = issuer + routes.jwks;
  const [described, keys] = await Promise.all([get(issuer + routes.discovery, discovery), get(own, keySet)]);
  const linked = described.body.jwks_uri;
  return {
    issuer,
    discovery: described,
    keySet: keys,
    linkedKeySet: linked === own ? undefined : await get(linked, keySet),
  };
}

async function get<Schema extends z.ZodType>(url: string, schema: Schema): Promise<Fetched<z.output<Schema>>> {
  const failed = (why: string) => new Error(`${url} ${why}`);
  const response = await fetch(url, {
    // No cache on the way shall answer, and no other host.
    headers: { 'Cache-Control': 'no-cache' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeout),
  }).catch((error: unknown) => {
    throw failed(`does not answer: ${reason(error)}`);
  });
  if (!response.ok) throw failed(`answers with status ${response.status}`);
  const { data, error } = schema.safeParse(await response.json().catch(() => undefined));
  if (error) throw failed(`is not what it should be: ${z.prettifyError(error)}`);
  return { url, cacheControl: response.headers.get('cache-control'), body: data };
}

function reason(error: unknown): string {
  const { message, cause } = error as Error;
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? why ?? message;
}
