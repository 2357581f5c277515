import { accountInBody } from './account-in-body.ts';
import type { KeyPart } from './limit-options.ts';

/** What a request can be counted by. */
export interface RequestFacts {
  readonly source: string;
  readonly route: string;
  readonly request: Request;
  /** Fields of the body that the endpoint of a route declares. */
  readonly declaredFields: (route: string) => readonly string[];
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
  if (part === 'account') return accountInBody(facts.request, facts.declaredFields(facts.route));
  return facts.request.headers.get(part.slice('header:'.length)) ?? undefined;
}
