import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JWK } from 'jose';
import {
  createVerifier,
  refusal,
  VerificationError,
  type VerificationErrorCode,
  type VerifierEvent,
} from '../../verify/index.ts';
import { audience, base64url, goodClaims, issuer, now, optionsFor, signed, signedRaw, signingKey } from './issuer.ts';

const key = await signingKey('key-1');
const rsa = await signingKey('key-rsa', 'RS256');
const other = await signingKey('key-1');
const good = await signed(key);
const [header, payload, signature] = good.split('.') as [string, string, string];
const forged = await signed(other);

const withClaims = (claims: object) => signed(key, { ...goodClaims, ...claims });
const lacking = (claim: keyof typeof goodClaims) =>
  signed(key, Object.fromEntries(Object.entries(goodClaims).filter(([name]) => name !== claim)));
const headerOf = (parameters: object) => JSON.stringify({ alg: 'ES256', kid: 'key-1', typ: 'JWT', ...parameters });
const unsigned = (parameters: object, last = '') => `${base64url(headerOf(parameters))}.${payload}.${last}`;

/** Signed with the public key as an HMAC secret, as a verifier that trusts `alg` would check it. */
function confused(jwk: JWK, secretOf: (pem: string, der: Buffer) => string | Buffer): string {
  const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  const input = `${base64url({ alg: 'HS256', kid: jwk.kid, typ: 'JWT' })}.${payload}`;
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const secret = secretOf(pem, publicKey.export({ format: 'der', type: 'spki' }));
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** The signature of a good token in ASN.1, as many libraries return it. */
function derSignature(): string {
  const integer = (part: Buffer) => {
    const bytes = part[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), part]) : part;
    return Buffer.concat([Buffer.of(2, bytes.length), bytes]);
  };
  const raw = Buffer.from(signature, 'base64url');
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]).toString('base64url');
}

/** The same bytes: the last character of 64 bytes has four bits that encode nothing. */
function otherSpelling(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.at(-1)!) + 1];
}

const embedded = generateKeyPairSync('ec', { namedCurve: 'P-256' });
function signedByEmbedded(parameters: object): string {
  const input = `${base64url(headerOf(parameters))}.${payload}`;
  const made = sign('sha256', Buffer.from(input), { key: embedded.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${made.toString('base64url')}`;
}
const embeddedJwk = embedded.publicKey.export({ format: 'jwk' });

type Row = [name: string, token: unknown, code: VerificationErrorCode];

const nones = ['none', 'None', 'NONE', 'nOnE', 'none ', '', ' ', 'null', null, false, 0, [], ['ES256'], {}];
const kids = [
  '../../../../dev/null',
  "x' OR '1'='1",
  'key-1 ',
  'KEY-1',
  '__proto__',
  'constructor',
  'https://evil.example/k',
];
const lookAlikes = [
  `${issuer}/`,
  issuer.toUpperCase(),
  `${issuer}.evil.example`,
  'https://auth.example.com',
  'https://auth.example.com/prod/../prod',
  'https://аuth.example.com/prod', // a Cyrillic а
  'http://auth.example.com/prod',
  ` ${issuer}`,
  `${issuer}\u0000`,
  [issuer],
  { toString: issuer },
  null,
];
const foreignAudiences = [
  `${audience}/`,
  `${audience}.evil.example`,
  audience.toUpperCase(),
  'https://api.example.co',
  '',
  [],
  [`${audience}/`, 'https://else.example.com'],
  [[audience]],
  { 0: audience },
  null,
  true,
];

const rows: Row[] = [
  ...nones.map((alg): Row => [`alg ${JSON.stringify(alg)}, no signature`, unsigned({ alg }), 'TOKEN_MALFORMED']),
  ...nones.map(
    (alg): Row => [`alg ${JSON.stringify(alg)}, any`, unsigned({ alg }, signature), 'ALGORITHM_NOT_ALLOWED'],
  ),
  ['alg missing', unsigned({ alg: undefined }, signature), 'ALGORITHM_NOT_ALLOWED'],
  ['HS256 with the public key as PEM', confused(rsa.jwk, (pem) => pem), 'ALGORITHM_NOT_ALLOWED'],
  ['HS256 with the public key as PEM, trimmed', confused(key.jwk, (pem) => pem.trim()), 'ALGORITHM_NOT_ALLOWED'],
  ['HS256 with the public key as DER', confused(key.jwk, (_, der) => der), 'ALGORITHM_NOT_ALLOWED'],
  ['HS256 with an empty secret', confused(key.jwk, () => ''), 'ALGORITHM_NOT_ALLOWED'],
  ['alg of another key of the set', unsigned({ alg: 'RS256' }, signature), 'KEY_UNKNOWN'],
  ['RSA key used with PS256', unsigned({ alg: 'PS256', kid: 'key-rsa' }, signature), 'KEY_UNKNOWN'],
  ['signature removed', `${header}.${payload}.`, 'TOKEN_MALFORMED'],
  ['signature and its dot removed', `${header}.${payload}`, 'TOKEN_MALFORMED'],
  [
    'signature cut short',
    `${header}.${payload}.${Buffer.from(signature, 'base64url').subarray(0, 60).toString('base64url')}`,
    'SIGNATURE_INVALID',
  ],
  ['signature of zeros', `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`, 'SIGNATURE_INVALID'],
  ['signature in DER', `${header}.${payload}.${derSignature()}`, 'SIGNATURE_INVALID'],
  ['signature in another spelling', `${header}.${payload}.${otherSpelling()}`, 'TOKEN_MALFORMED'],
  ['signature with padding', `${good}==`, 'TOKEN_MALFORMED'],
  ['signature of another key', forged, 'SIGNATURE_INVALID'],
  [
    'payload of another token',
    `${header}.${base64url({ ...goodClaims, sub: 'user-2' })}.${signature}`,
    'SIGNATURE_INVALID',
  ],
  ...kids.map(
    (kid): Row => [`kid ${kid}`, unsigned({ kid }, signature), /\s/.test(kid) ? 'TOKEN_MALFORMED' : 'KEY_UNKNOWN'],
  ),
  ['kid with a null byte', unsigned({ kid: 'key-1\u0000' }, signature), 'TOKEN_MALFORMED'],
  ['kid with a line break', unsigned({ kid: 'key-1\nforged: log line' }, signature), 'TOKEN_MALFORMED'],
  ['kid missing', await signedRaw(key, '{"alg":"ES256","typ":"JWT"}'), 'TOKEN_MALFORMED'],
  ['kid empty', unsigned({ kid: '' }, signature), 'TOKEN_MALFORMED'],
  ['kid a number', unsigned({ kid: 1 }, signature), 'TOKEN_MALFORMED'],
  ['kid a list', unsigned({ kid: ['key-1'] }, signature), 'TOKEN_MALFORMED'],
  ['kid endless', unsigned({ kid: 'k'.repeat(257) }, signature), 'TOKEN_MALFORMED'],
  ['its own key in jwk', signedByEmbedded({ jwk: embeddedJwk }), 'HEADER_NOT_ALLOWED'],
  ['its own key in x5c', signedByEmbedded({ x5c: ['MIIB'] }), 'HEADER_NOT_ALLOWED'],
  ['a key to fetch in jku', signedByEmbedded({ jku: 'https://evil.example/jwks.json' }), 'HEADER_NOT_ALLOWED'],
  ['a key to fetch in x5u', signedByEmbedded({ x5u: 'https://evil.example/cert.pem' }), 'HEADER_NOT_ALLOWED'],
  ['jku null', await signedRaw(key, headerOf({ jku: null })), 'HEADER_NOT_ALLOWED'],
  ['crit, unknown', await signedRaw(key, headerOf({ crit: ['exp'], exp: 1 })), 'HEADER_NOT_ALLOWED'],
  ['crit, empty', await signedRaw(key, headerOf({ crit: [] })), 'HEADER_NOT_ALLOWED'],
  ['b64 false', await signedRaw(key, headerOf({ b64: false, crit: ['b64'] })), 'HEADER_NOT_ALLOWED'],
  ['a token in a token', await signedRaw(key, headerOf({ cty: 'JWT' })), 'HEADER_NOT_ALLOWED'],
  ['compressed', await signedRaw(key, headerOf({ zip: 'DEF' })), 'HEADER_NOT_ALLOWED'],
  ['alg named twice', await signedRaw(key, `{"alg":"none",${headerOf({}).slice(1)}`), 'TOKEN_MALFORMED'],
  ['alg named twice, escaped', await signedRaw(key, `{"\\u0061lg":"none",${headerOf({}).slice(1)}`), 'TOKEN_MALFORMED'],
  ['sub named twice', await signed(key, `{"sub":"admin",${JSON.stringify(goodClaims).slice(1)}`), 'TOKEN_MALFORMED'],
  [
    'sub named twice, escaped',
    await signed(key, `{"\\u0073ub" :"admin",${JSON.stringify(goodClaims).slice(1)}`),
    'TOKEN_MALFORMED',
  ],
  [
    'a member named twice, further in',
    await signed(key, JSON.stringify({ ...goodClaims, groups: [{ a: 1 }] }).replace('{"a":1}', '{"a":1,"a":2}')),
    'TOKEN_MALFORMED',
  ],
  ['header not JSON', `${base64url('{')}.${payload}.${signature}`, 'TOKEN_MALFORMED'],
  ['header a list', `${base64url('["ES256"]')}.${payload}.${signature}`, 'TOKEN_MALFORMED'],
  ['header null', `${base64url('null')}.${payload}.${signature}`, 'TOKEN_MALFORMED'],
  ['header with a byte order mark', await signedRaw(key, `\ufeff${headerOf({})}`), 'TOKEN_MALFORMED'],
  [
    'header not UTF-8',
    `${Buffer.from('{"alg":"\xff"}', 'latin1').toString('base64url')}.${payload}.${signature}`,
    'TOKEN_MALFORMED',
  ],
  ['payload not JSON', await signed(key, 'sub=admin'), 'TOKEN_MALFORMED'],
  ['payload a list', await signed(key, '[]'), 'TOKEN_MALFORMED'],
  ['payload null', await signed(key, 'null'), 'TOKEN_MALFORMED'],
  ['payload with a byte order mark', await signed(key, `\ufeff${JSON.stringify(goodClaims)}`), 'TOKEN_MALFORMED'],
  ['payload nested without end', await signed(key, '['.repeat(4000)), 'TOKEN_MALFORMED'],
  ...lookAlikes.map((iss): Row => [`issuer ${JSON.stringify(iss)}`, { claims: { iss } }, 'ISSUER_MISMATCH']),
  ...foreignAudiences.map((aud): Row => [`audience ${JSON.stringify(aud)}`, { claims: { aud } }, 'AUDIENCE_MISMATCH']),
  ['audience beside what is no audience', { claims: { aud: [audience, 1] } }, 'CLAIM_INVALID'],
  ['audience beside a list', { claims: { aud: [audience, ['x']] } }, 'CLAIM_INVALID'],
  ['expired by one second more than the tolerance', { claims: { iat: now - 900, exp: now - 6 } }, 'TOKEN_EXPIRED'],
  ['expired by the tolerance, which ends then', { claims: { iat: now - 900, exp: now - 5 } }, 'TOKEN_EXPIRED'],
  ['not yet valid', { claims: { nbf: now + 6 } }, 'TOKEN_NOT_YET_VALID'],
  ['issued in the future', { claims: { iat: now + 6 } }, 'TOKEN_NOT_YET_VALID'],
  ['issued too long ago', { claims: { iat: now - 3606, exp: now - 6 + 100 } }, 'TOKEN_TOO_OLD'],
  ['valid for a second too long', { claims: { exp: now + 3601 } }, 'LIFETIME_TOO_LONG'],
  ['valid for a thousand years', { claims: { exp: now + 31_536_000_000 } }, 'LIFETIME_TOO_LONG'],
  [
    'valid until infinity',
    await signed(key, JSON.stringify(goodClaims).replace(/"exp":\d+/, '"exp":1e999')),
    'LIFETIME_TOO_LONG',
  ],
  ['expires before it was issued', { claims: { iat: now + 4, exp: now + 4 } }, 'CLAIM_INVALID'],
  ['exp a text', { claims: { exp: String(now + 900) } }, 'CLAIM_INVALID'],
  ['exp null', { claims: { exp: null } }, 'CLAIM_INVALID'],
  ['iat a text', { claims: { iat: 'now' } }, 'CLAIM_INVALID'],
  ['nbf a list', { claims: { nbf: [now] } }, 'CLAIM_INVALID'],
  ['sub a number', { claims: { sub: 1 } }, 'CLAIM_INVALID'],
  ['sub an object', { claims: { sub: { id: 'user-1' } } }, 'CLAIM_INVALID'],
  ['sub empty', { claims: { sub: '' } }, 'CLAIM_INVALID'],
  ['jti a number', { claims: { jti: 1 } }, 'CLAIM_INVALID'],
  ['typ at+jwt', await signed(key, goodClaims, { typ: 'at+jwt' }), 'TYPE_MISMATCH'],
  ['typ missing', await signedRaw(key, '{"alg":"ES256","kid":"key-1"}'), 'TYPE_MISMATCH'],
  ['typ a list', await signedRaw(key, headerOf({ typ: ['JWT'] })), 'TYPE_MISMATCH'],
  ...(['iss', 'aud', 'sub', 'iat', 'exp'] as const).map(
    (claim): Row => [`${claim} missing`, { lacks: claim }, 'CLAIM_MISSING'],
  ),
  ['oversized', await signed(key, { ...goodClaims, note: 'x'.repeat(8192) }), 'TOKEN_TOO_LARGE'],
  ['endless dots', '.'.repeat(8192), 'TOKEN_MALFORMED'],
  ['megabytes', 'a'.repeat(5_000_000), 'TOKEN_TOO_LARGE'],
  ['empty', '', 'TOKEN_MALFORMED'],
  ['two dots', '..', 'TOKEN_MALFORMED'],
  ['JWE', `${header}.${payload}.${signature}.${payload}.${signature}`, 'TOKEN_MALFORMED'],
  ['white space before', ` ${good}`, 'TOKEN_MALFORMED'],
  ['line break after', `${good}\n`, 'TOKEN_MALFORMED'],
  ['with its scheme', `Bearer ${good}`, 'TOKEN_MALFORMED'],
  ['in base64, not base64url', `${header}.${payload}.${'+'.repeat(86)}`, 'TOKEN_MALFORMED'],
  ["Better Auth's session token", 'user-1~0123456789.c2lnbmF0dXJl', 'TOKEN_MALFORMED'],
  ...[
    undefined,
    null,
    0,
    Number.NaN,
    true,
    Symbol('token'),
    1n,
    {},
    [],
    [good],
    () => good,
    new String(good),
    { toString: () => good },
  ].map((value): Row => [`not a string: ${typeof value} ${Array.isArray(value)}`, { value }, 'TOKEN_MALFORMED']),
];

describe('no hostile token is accepted', () => {
  let events: VerifierEvent[];
  let verify: (token: unknown) => Promise<unknown>;
  beforeAll(() => {
    const verifier = createVerifier({ ...optionsFor(key, rsa), onEvent: (event) => events.push(event) });
    verify = verifier.verify as (token: unknown) => Promise<unknown>;
  });

  const tokenOf = async (made: unknown): Promise<unknown> => {
    const description = made as { claims?: object; lacks?: keyof typeof goodClaims };
    if (typeof made === 'string') return made;
    if (description.claims) return withClaims(description.claims);
    return description.lacks ? lacking(description.lacks) : (made as { value: unknown }).value;
  };

  test.each(rows)('%s', async (_, made, code) => {
    events = [];
    const token = await tokenOf(made);
    const error = await verify(token).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(VerificationError);
    expect(error).toMatchObject({ code });
    expect(events).toEqual([expect.objectContaining({ code })]);
    if (typeof token === 'string' && token.length > 100) expect(JSON.stringify([error, events])).not.toContain(token);
    // What a client sees is the same in every row.
    const answer = refusal(error);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(await answer.json()).toEqual({ code: 'UNAUTHORIZED', message: 'a valid bearer token is required' });
  });

  test.each([
    ['the token that the others were made of', {}],
    ['expired by a second less than the tolerance', { iat: now - 800, exp: now - 4 }],
    ['valid in as many seconds as clocks may differ', { nbf: now + 5, iat: now + 5 }],
    ['for several, one of them us', { aud: ['https://else.example.com', audience] }],
    ['as long as allowed', { exp: now + 3600 }],
    ['with text that looks like a member named twice', { note: '"sub":"admin","sub":1', more: { sub: '\\"sub\\":' } }],
  ])('but accepted: %s', async (_, claims) => {
    events = [];
    expect(await verify(await withClaims(claims))).toEqual({ ...goodClaims, ...claims });
    expect(events).toEqual([{ type: 'verified', kid: 'key-1', sub: 'user-1', jti: 'token-1' }]);
  });
});
