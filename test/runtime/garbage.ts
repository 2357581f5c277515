import fc from 'fast-check';
import { maxBodyBytes } from '../../contract/routes.ts';
import { proxyEvent } from '../support/event.ts';

/** Kinds of events that deserve a refusal, whatever their details are. */
const kinds = {
  /** Any JSON but an event. */
  'not an event': fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(null, [], {}, '', 0, true, { Records: [] }, { version: '2.0', rawPath: '/' }),
  ),
  /** An event with one part of another type. */
  'a wrong type': fc
    .tuple(
      fc.constantFrom('httpMethod', 'path', 'multiValueHeaders', 'requestContext', 'multiValueQueryStringParameters'),
      fc.oneof(fc.integer(), fc.boolean(), fc.constant('*'), fc.array(fc.integer(), { minLength: 1, maxLength: 3 })),
    )
    .map(([part, value]) => ({ ...validEvent(), [part]: value })),
  'no address': fc.string().map((text) => {
    const event = validEvent();
    event.requestContext.identity.sourceIp = `${text}!`;
    return event;
  }),
  'a body that is too large': fc
    .integer({ min: maxBodyBytes + 1, max: 256 * 1024 })
    .map((size) => post('/api/auth/sign-in/email', `{"email":"${'a'.repeat(size)}"}`)),
  'a body that is no JSON object': fc
    .oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }).map((text) => `{${text}`),
      fc.constantFrom('null', '[]', '"text"', '1e999', '{"email":"a@example.com",', '\uD800', '\u0000'),
    )
    .map((body) => post('/api/auth/sign-in/email', body)),
  'base64 that is cut off': fc
    .tuple(fc.string({ minLength: 4, maxLength: 200 }), fc.integer({ min: 1, max: 3 }))
    .map(([text, cut]) => {
      const encoded = Buffer.from(JSON.stringify({ email: text, password: text })).toString('base64');
      return { ...post('/api/auth/sign-in/email', encoded.slice(0, -4 - cut)), isBase64Encoded: true };
    }),
  'a deeply nested body': fc.integer({ min: 100, max: 3_000 }).map((depth) => {
    const body = `{"email":${'['.repeat(depth)}${']'.repeat(depth)},"password":{}}`;
    return post('/api/auth/sign-in/email', body);
  }),
  'fields of wrong types': fc
    .tuple(
      fc.constantFrom('/sign-in/email', '/sign-up/email', '/request-password-reset', '/two-factor/verify-totp'),
      fc.dictionary(
        fc.constantFrom('email', 'password', 'name', 'code', '__proto__', 'x'),
        fc.jsonValue({ maxDepth: 2 }),
      ),
    )
    .map(([path, fields]) => post(`/api/auth${path}`, JSON.stringify({ ...fields, email: [], code: {} }))),
  'a wrong method': fc
    .tuple(fc.constantFrom('PUT', 'PATCH', 'DELETE', 'POST'), fc.constantFrom('/health', '/.well-known/jwks.json'))
    .map(([method, path]) => proxyEvent({ method, path, sourceIp: anyAddress() })),
  'a wrong path': fc
    .tuple(
      fc.constantFrom(
        '',
        '/api/auth',
        '/api/auth/nothing',
        '/.well-known',
        '/..',
        '//evil.example',
        '/api/auth/%2e%2e',
      ),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.webPath({ size: 'small' }),
        fc.constant('\\..\\health'),
      ),
    )
    .map(([folder, rest]) => proxyEvent({ path: `${folder}/nothing/${rest}`, sourceIp: anyAddress() })),
  'odd headers and queries': fc
    .tuple(
      fc.dictionary(
        fc.string({ maxLength: 20 }),
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 3 }),
      ),
      fc.dictionary(
        fc.string({ maxLength: 20 }),
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 3 }),
      ),
    )
    .map(([headers, query]) => proxyEvent({ path: '/api/auth/list-sessions', headers, query, sourceIp: anyAddress() })),
} satisfies Record<string, fc.Arbitrary<unknown>>;

let addresses = 0;
/** Sources are limited; garbage comes from many. */
const anyAddress = () => `10.${(++addresses >> 12) & 255}.${(addresses >> 4) & 255}.1`;

const validEvent = () => proxyEvent({ path: '/api/auth/list-sessions', sourceIp: anyAddress() });
const post = (path: string, body: string) =>
  proxyEvent({ method: 'POST', path, body, headers: { 'Content-Type': 'application/json' }, sourceIp: anyAddress() });

export interface Garbage {
  readonly kind: string;
  readonly event: unknown;
}

/** Made in small batches: all of them at once would fill the memory. */
const batch = 20;

/** As many events as asked for, each kind in turn; the same for the same seed. */
export function* garbage(count: number, seed: number): Generator<Garbage> {
  for (let made = 0; made < count; ) {
    for (const [kind, arbitrary] of Object.entries<fc.Arbitrary<unknown>>(kinds)) {
      const numRuns = Math.min(batch, count - made);
      if (numRuns === 0) return;
      for (const event of fc.sample(arbitrary, { numRuns, seed: seed + made })) yield { kind, event };
      made += numRuns;
    }
  }
}
