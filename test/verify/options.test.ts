import { expect, test } from '@jest/globals';
import { createVerifier, OptionError, type VerifierOptions } from '../../verify/index.ts';
import { goodClaims, now, optionsFor, signed, signingKey } from './issuer.ts';

const key = await signingKey('key-1');
const options = optionsFor(key);

test.each([
  ['issuer', undefined],
  ['issuer', ['https://auth.example.com']],
  ['issuer', new URL('https://auth.example.com')],
  ['issuer', 'auth.example.com'],
  ['issuer', 'http://auth.example.com'],
  ['issuer', 'http://localhost.example.com'],
  ['issuer', 'https://user:secret@auth.example.com'],
  ['issuer', 'https://auth.example.com/?a=b'],
  ['audience', undefined],
  ['audience', ''],
  ['audience', []],
  ['audience', ['https://api.example.com', '']],
  ['audience', /.*/],
  ['algorithms', []],
  ['algorithms', ['HS256']],
  ['algorithms', ['ES256', 'none']],
  ['algorithms', 'ES256'.split('')],
  ['jwks', 'http://auth.example.com/keys'],
  ['jwks', 'file:///etc/keys'],
  ['jwks', { keys: [] }],
  ['jwks', { keys: [{ kty: 'oct', kid: 'key-1', k: 'c2VjcmV0' }] }],
  ['jwks', { keys: [{ ...key.jwk, d: 'c2VjcmV0' }] }],
  ['jwks', { keys: [{ ...key.jwk, kid: undefined }] }],
  ['jwks', { keys: [{ ...key.jwk, alg: undefined }] }],
  ['typ', ''],
  ['requiredClaims', 'role'],
  ['requiredClaims', ['']],
  ['clockTolerance', -1],
  ['clockTolerance', 301],
  ['clockTolerance', '5'],
  ['clockTolerance', Number.NaN],
  ['maxTokenAge', 0],
  ['maxTokenAge', Number.POSITIVE_INFINITY],
  ['maxTokenLifetime', 86_401],
  ['keysMaxAge', 0],
  ['keysMaxStale', -1],
  ['cooldown', 0],
  ['timeout', 61],
] as [keyof VerifierOptions, unknown][])('option %s refuses %j', (option, value) => {
  const create = () => createVerifier({ ...options, [option]: value } as VerifierOptions);
  expect(create).toThrow(OptionError);
  expect(create).toThrow(expect.objectContaining({ option, code: 'OPTION_INVALID' }));
  expect(create).toThrow(new RegExp(`^option '${option}' `));
  expect(create).not.toThrow(/secret|c2VjcmV0/);
});

test.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
  'issuer %s may be http',
  (issuer) => {
    expect(() => createVerifier({ ...options, issuer })).not.toThrow();
  },
);

const verify = async (own: Partial<VerifierOptions>, claims: object, header = {}) =>
  createVerifier({ ...options, ...own })
    .verify(await signed(key, { ...goodClaims, ...claims }, header))
    .then(
      () => 'accepted',
      ({ code }: { code: string }) => code,
    );

test.each([
  [{ audience: ['https://other.example.com', 'urn:api'] }, { aud: 'urn:api' }, {}, 'accepted'],
  [{ audience: ['https://other.example.com', 'urn:api'] }, {}, {}, 'AUDIENCE_MISMATCH'],
  [{ requiredClaims: ['role'] }, {}, {}, 'CLAIM_MISSING'],
  [{ requiredClaims: ['role'] }, { role: 'admin' }, {}, 'accepted'],
  [{ requiredClaims: ['role'] }, { sub: undefined, role: 'admin' }, {}, 'CLAIM_MISSING'],
  [{ clockTolerance: 0 }, { exp: now }, {}, 'TOKEN_EXPIRED'],
  [{ clockTolerance: 60 }, { iat: now - 100, exp: now - 59 }, {}, 'accepted'],
  [{ maxTokenAge: 300 }, { iat: now - 306 }, {}, 'TOKEN_TOO_OLD'],
  // Fresh tokens may be asked for, whatever their lifetime is.
  [{ maxTokenAge: 300 }, {}, {}, 'accepted'],
  [{ maxTokenLifetime: 600 }, {}, {}, 'LIFETIME_TOO_LONG'],
  [{ typ: 'at+jwt' }, {}, { typ: 'at+jwt' }, 'accepted'],
  [{ typ: 'at+jwt' }, {}, { typ: 'application/at+jwt' }, 'accepted'],
  [{ typ: 'at+jwt' }, {}, {}, 'TYPE_MISMATCH'],
] as [Partial<VerifierOptions>, object, object, string][])(
  '%j with %j %j: %s',
  async (own, claims, header, outcome) => {
    expect(await verify(own, claims, header)).toBe(outcome);
  },
);
