import type { APIGatewayProxyResult } from 'aws-lambda';
import type { EventInput, proxyEvent } from '../../support/event.ts';

type Event = ReturnType<typeof proxyEvent>;
type Application = (event: unknown) => Promise<APIGatewayProxyResult>;

/** Sent with every request, beside what it says itself. */
const headers: Record<string, string[]> = {
  Referer: ['https://app.example.com/?reset=canary-referer-token'],
  'X-Api-Key': ['canary-api-key-0123456789'],
  'X-Unknown': ['canary-unknown-header'],
  'Proxy-Authorization': ['Basic canary-proxy-credentials'],
};
const query = { canary: ['canary-query-value-0123456789'] };

/** What a client may see in answers and operators in events. */
const harmless = new Set([
  'userId',
  'name',
  'role',
  'provider',
  'providerId',
  'type',
  'callbackURL',
  'errorCallbackURL',
]);

/** Everything secret that goes in or comes out, and all that is answered. */
export class Canaries {
  /** Whatever a client sent, and whatever a client was given to keep. */
  readonly secrets = new Set<string>([...Object.values(headers), ...Object.values(query)].flat());
  /** Of the deployment: not even the client may see them. */
  readonly deployment: string[] = [];
  readonly ids = new Set<string>();
  answers = '';

  /** The same function, watched. */
  watch(application: Application): Application {
    return async (event) => {
      const given = this.#withCanaries(event as Partial<Event>);
      const answer = await application(given);
      this.#keepAnswer(answer);
      return answer;
    };
  }

  /** Those that are in the text, in any spelling. */
  foundIn(text: string): string[] {
    const spellings = (secret: string) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ];
    const all = [...this.secrets, ...this.deployment].filter((secret) => secret.length >= 6 && !this.ids.has(secret));
    return all.filter((secret) => spellings(secret).some((spelling) => contains(text, spelling)));
  }

  #withCanaries(event: Partial<Event>): Partial<Event> {
    if (!event.multiValueHeaders) return event;
    for (const [name, values] of Object.entries(event.multiValueHeaders)) {
      if (/^cookie$/i.test(name)) for (const pair of values.join('; ').split('; ')) this.#keepCookie(pair);
      if (/^authorization$/i.test(name)) for (const value of values) this.#keep(value.replace(/^\w+ /, ''));
    }
    for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
      if (!harmless.has(name)) for (const value of values) this.#keep(value);
    }
    this.#keepJson(event.body);
    return {
      ...event,
      multiValueHeaders: { ...event.multiValueHeaders, ...headers },
      multiValueQueryStringParameters: { ...event.multiValueQueryStringParameters, ...query },
    };
  }

  #keepAnswer({ body, multiValueHeaders = {} }: APIGatewayProxyResult): void {
    for (const line of multiValueHeaders['set-cookie'] ?? []) this.#keepCookie(String(line).split('; ')[0]!);
    this.answers += `${body}\n${JSON.stringify(multiValueHeaders)}\n`;
    this.#keepJson(body);
  }

  #keepCookie(pair: string): void {
    const value = decodeURIComponent(pair.replace(/^[^=]*=/, ''));
    this.#keep(value);
    for (const part of value.split('.')) if (part.length >= 20) this.#keep(part);
  }

  /** Every text in it but ids and what is harmless; of an address its parameters. */
  #keepJson(text: string | null | undefined): void {
    try {
      JSON.parse(text ?? '', (name, value: unknown) => {
        if (typeof value !== 'string') return value;
        if (/^(id|.*Id)$/.test(name)) this.ids.add(value);
        else if (/^(token|password|secret|code|email|.*Password|\d+)$/.test(name) && !/^[A-Z_]+$/.test(value))
          this.#keep(value);
        else if (/ur[il]/i.test(name))
          for (const [, each] of parametersOf(value)) if (each.length >= 20) this.#keep(each);
        return value;
      });
    } catch {
      // No JSON.
    }
  }

  #keep(value: string): void {
    if (value.length >= 6) this.secrets.add(value);
  }
}

const parametersOf = (url: string): Iterable<[string, string]> =>
  URL.canParse(url)
    ? [...new URL(url).searchParams].filter(([name]) => !/url|uri|issuer|scope|client_id/i.test(name))
    : [];

/** Codes are short: among the digits of a time they mean nothing. */
const contains = (text: string, secret: string): boolean =>
  /^\d+$/.test(secret) ? new RegExp(`(?<!\\d)${secret}(?!\\d)`).test(text) : text.includes(secret);

/** What no scenario does: secrets in places where they do not belong, and requests that are broken. */
export function strayRequests(resetToken: string, password: string): EventInput[] {
  const json = { 'Content-Type': 'application/json' };
  return [
    { path: `/api/auth/reset-password/${resetToken}`, query: { callbackURL: ['/'] } },
    { path: `/api/auth/reset-password/${resetToken}`, query: { callbackURL: ['https://evil.example'] } },
    { path: `/api/auth/reset-password/${resetToken}/more` },
    { path: `/api/auth//reset-password//${resetToken}` },
    { path: `/api/auth/Reset-Password%2F${resetToken}` },
    { path: `/${resetToken}` },
    { method: 'POST', path: '/api/auth/sign-in/email', headers: json, body: `{"password":"${password}` },
    { method: 'POST', path: '/api/auth/sign-in/email', headers: json, body: `["${password}"]` },
    {
      method: 'POST',
      path: '/api/auth/sign-in/email',
      headers: json,
      body: { email: [password], password: { password } },
    },
    { method: 'POST', path: '/api/auth/sign-in/email', headers: json, body: { email: password, password } },
    { method: 'POST', path: '/api/auth/sign-in/email', headers: { 'Content-Type': 'text/plain' }, body: password },
    { method: 'POST', path: '/api/auth/sign-up/email', headers: json, body: { name: 'A', email: password, password } },
    {
      method: 'POST',
      path: '/api/auth/sign-in/social',
      body: { provider: password, callbackURL: `https://x.example/${password}` },
    },
    { path: '/api/auth/callback/acme', query: { code: [password], state: [password] } },
    { path: '/api/auth/callback/acme', query: { error: [password], error_description: [password] } },
    { path: '/api/auth/verify-email', query: { token: [password], callbackURL: [`https://x.example/${password}`] } },
    { path: '/api/auth/token', headers: { Authorization: `Bearer ${password}` } },
    { path: '/api/auth/token', headers: { Authorization: `Basic ${password}` } },
    { path: '/api/auth/get-session', headers: { Cookie: `__Host-better-auth.session_token=${password}` } },
    { path: '/api/auth/get-session', headers: { Cookie: password } },
    { path: '/api/auth/get-session', headers: { [password]: `${password}\n` } },
  ];
}
