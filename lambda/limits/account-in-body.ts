import { formMediaType, mediaTypeOf } from '../gateway/media-type.ts';

/** Names of fields by which Better Auth's endpoints are told whom a request is about. */
const accountFields = ['email', 'username', 'phoneNumber'] as const;

/**
 * Whom the body of a request is about.
 * @param declared fields that the endpoint says it reads. They come first: a field that it ignores must not make a counter of its own.
 */
export async function accountInBody(request: Request, declared: readonly string[]): Promise<string | undefined> {
  const fields = await fieldsOf(request);
  const ignored = (name: string) => Number(!declared.includes(name));
  const values = accountFields.toSorted((a, b) => ignored(a) - ignored(b)).map((name) => fields[name]);
  const account = values.find((value) => typeof value === 'string' && value.trim() !== '');
  return (account as string | undefined)?.trim().toLowerCase();
}

/** Read as the endpoint will read it. A body that cannot be read is refused later, by the endpoint. */
async function fieldsOf(request: Request): Promise<Record<string, unknown>> {
  const text = await request.clone().text();
  if (mediaTypeOf(request.headers.get('content-type')) === formMediaType) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
}
