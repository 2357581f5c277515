import { routes } from '../contract/routes.ts';
import { isRecord } from '../verify/strict-json.ts';
import { lifetimeOf } from './access-token.ts';
import type { TokenManagerSettings } from './options.ts';
import { TokenManagerError } from './token-manager-error.ts';

/** Asks for a token with the session's cookie; undefined when there is no session. Rejects with `TokenManagerError`. */
export async function requestToken({
  baseURL,
  audience,
  fetch,
  timeout,
}: TokenManagerSettings): Promise<string | undefined> {
  const url = new URL(`${baseURL}${routes.authBase}/token`);
  if (audience !== undefined) url.searchParams.set('audience', audience);
  const signal = AbortSignal.timeout(timeout * 1000);
  try {
    const response = await fetch(url.href, {
      headers: { Accept: 'application/json' },
      credentials: 'include',
      cache: 'no-store',
      redirect: 'manual',
      signal,
    });
    return tokenOf(response, parsed(await response.text()));
  } catch (cause) {
    if (cause instanceof TokenManagerError) throw cause;
    if (signal.aborted) throw new TokenManagerError('TIMEOUT', `no answer within ${timeout} seconds`, { cause });
    throw new TokenManagerError('NETWORK_ERROR', 'the auth server could not be reached', { cause });
  }
}

/** Undefined for what is not JSON: an answer, though not one of Gatehouse. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tokenOf({ status, headers }: Response, body: unknown): string | undefined {
  if (status === 401) return undefined;
  if (status === 200) {
    if (isRecord(body) && lifetimeOf(body.token) !== undefined) return body.token as string;
    throw new TokenManagerError('RESPONSE_INVALID', 'the answer holds no token');
  }
  const retryAfter = secondsOf(headers.get('retry-after'));
  if (status === 429) throw new TokenManagerError('RATE_LIMITED', 'too many requests for a token', { retryAfter });
  if (status >= 500) {
    const message = `the auth server answered with status ${status}`;
    throw new TokenManagerError('SERVER_UNAVAILABLE', message, { retryAfter });
  }
  if (status === 400 && isRecord(body) && body.code === 'AUDIENCE_NOT_ALLOWED') {
    throw new TokenManagerError('AUDIENCE_NOT_ALLOWED', 'no tokens are issued for this audience');
  }
  throw new TokenManagerError('RESPONSE_INVALID', `the auth server answered with status ${status}`);
}

/** Only the form that Gatehouse sends. */
const secondsOf = (header: string | null) => (header && /^\d{1,6}$/.test(header) ? Number(header) : undefined);
