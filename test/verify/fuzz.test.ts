import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createVerifier, VerificationError } from '../../verify/index.ts';
import { goodClaims, optionsFor, signed, signingKey } from './issuer.ts';

const keys = await Promise.all([signingKey('key-1'), signingKey('key-2', 'EdDSA'), signingKey('key-3', 'RS256')]);
const verifier = createVerifier(optionsFor(...keys));
const tokens = await Promise.all(keys.map((key) => signed(key)));
const anyToken = fc.constantFrom(...tokens);
/** Microseconds of processor time, far more than any token takes; a pattern that backtracks would take minutes. */
const bound = 2_000_000;

async function refused(token: unknown): Promise<void> {
  const start = process.cpuUsage();
  const error = await verifier.verify(token as string).then(
    (claims) => ({ claims }),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VerificationError);
  expect(process.cpuUsage(start).user).toBeLessThan(bound);
}

test('the tokens that are mutated are good', async () => {
  for (const token of tokens) expect(await verifier.verify(token)).toEqual(goodClaims);
});

test('no token with another character anywhere is accepted', async () => {
  const change = fc.tuple(anyToken, fc.nat(), fc.string({ minLength: 0, maxLength: 2, unit: 'binary' }));
  await fc.assert(
    fc.asyncProperty(change, async ([token, index, text]) => {
      const at = index % token.length;
      const changed = token.slice(0, at) + text + token.slice(at + 1);
      fc.pre(changed !== token);
      await refused(changed);
    }),
    { numRuns: 500 },
  );
});

test('no single bit of a token may change', async () => {
  for (const token of tokens) {
    const bytes = Buffer.from(token);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ (1 << (at % 7));
      await refused(changed.toString('latin1'));
    }
  }
});

test('no part of a token may be cut, doubled, exchanged or replaced by other JSON', async () => {
  const part = fc.oneof(
    anyToken.chain((token) => fc.constantFrom(...token.split('.'))),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
      const token = parts.join('.');
      fc.pre(!tokens.includes(token));
      await refused(token);
    }),
    { numRuns: 500 },
  );
});

test('with any header in front, nothing is accepted', async () => {
  const parameters = fc.record(
    {
      alg: fc.oneof(fc.constantFrom('ES256', 'EdDSA', 'RS256', 'HS256', 'none'), fc.jsonValue()),
      kid: fc.oneof(fc.constantFrom('key-1', 'key-2', 'key-3'), fc.jsonValue()),
      typ: fc.oneof(fc.constant('JWT'), fc.jsonValue()),
      crit: fc.jsonValue(),
      jwk: fc.jsonValue(),
      b64: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(anyToken, parameters, async (token, header) => {
      const changed = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...token.split('.').slice(1)].join(
        '.',
      );
      fc.pre(changed !== token);
      await refused(changed);
    }),
    { numRuns: 300 },
  );
});

test('signed claims of any kind are accepted only as they must be', async () => {
  const strange = fc.record(
    Object.fromEntries(
      Object.entries(goodClaims).map(([name, value]) => [
        name,
        fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.jsonValue() }),
      ]),
    ),
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(strange, async (claims) => {
      const { iss, aud, sub, iat, exp } = claims as Partial<typeof goodClaims>;
      const outcome = await verifier.verify(await signed(keys[0]!, claims)).catch((error: unknown) => error);
      if (outcome instanceof VerificationError) return;
      expect(outcome).toEqual(claims);
      expect([aud].flat()).toContain(goodClaims.aud);
      expect({ iss, sub: typeof sub, iat: typeof iat }).toEqual({ iss: goodClaims.iss, sub: 'string', iat: 'number' });
      expect(exp! - iat!).toBeGreaterThan(0);
      expect(exp! - iat!).toBeLessThanOrEqual(3600);
    }),
    { numRuns: 300 },
  );
});

test('what is no token at all is refused too', async () => {
  await fc.assert(fc.asyncProperty(fc.anything(), refused), { numRuns: 300 });
});

test('text that could keep a parser busy is refused at once', async () => {
  const long = [
    '.'.repeat(8192),
    `${'a'.repeat(8188)}.a.a`,
    ...['[', '{"a":', '"\\', '"'].map((text) => {
      const head = Buffer.from(text.repeat(2000).slice(0, 6000)).toString('base64url');
      return `${head}.${tokens[0]!.split('.').slice(1).join('.')}`;
    }),
  ];
  for (const token of long) await refused(token);
});
