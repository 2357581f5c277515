import type { KeyPart } from './limit-options.ts';

/** What a request can be counted by. */
export interface RequestFacts {
  readonly source: string;
  readonly route: string;
  readonly request: Request;
  /** Whose session token came along, validly signed. */
  readonly user: string | undefined;
}

/** The parts one by one, not joined: no value can pass for another one's. */
export async function limitKey(counter: string, parts: readonly KeyPart[], facts: RequestFacts): Promise<string> {
  const values = await Promise.all(parts.map(async (part) => [part, (await valueFor(part, facts)) ?? facts.source]));
  return JSON.stringify([counter, ...values]);
}

async function valueFor(part: KeyPart, facts: RequestFacts): Promise<string | undefined> {
  if (part === 'source' || part === 'route' || part === 'user') return facts[part];
  if (part === 'account') return accountOf(facts.request);
  return facts.request.headers.get(part.slice('header:'.length)) ?? undefined;
}

/** Names of fields by which Better Auth's endpoints are told whom a request is about. */
const accountFields = ['email', 'username', 'phoneNumber'] as const;

async function accountOf(request: Request): Promise<string | undefined> {
  const fields = await fieldsOf(request);
  const values = accountFields.map((name) => fields[name]);
  const account = values.find((value) => typeof value === 'string' && value.trim() !== '');
  return (account as string | undefined)?.trim().toLowerCase();
}

/** A body that cannot be read is refused later, by the endpoint. */
async function fieldsOf(request: Request): Promise<Record<string, unknown>> {
  const text = await request.clone().text();
  if (request.headers.get('content-type')?.includes('x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
}
