/**
 * `npm run bench:verify`: what `createVerifier` adds to one `jwtVerify` of jose with the same key, for each kind of key: with a set that
 * is given, and with one that was found through the issuer and is cached, as by default.
 */
import { jwtVerify } from 'jose';
import { audience, issuer, keySetOf, now, signed, signingKey } from '../test/verify/issuer.ts';
import { createVerifier, type VerificationAlgorithm } from '../verify/index.ts';
import { interleaved, median, spread } from './measure.ts';
import { judge, table } from './report.ts';

const rounds = 200;
const tokens = 50;

async function compare(algorithm: VerificationAlgorithm) {
  const key = await signingKey('key-1', algorithm);
  const token = await signed(key);
  const currentDate = new Date(now * 1_000);
  const options = { issuer, audience, now: () => currentDate };
  const given = createVerifier({ ...options, jwks: keySetOf(key) });
  const jwks_uri = `${issuer}/.well-known/jwks.json`;
  const fetchDocument: typeof fetch = async (url) =>
    Response.json(url === jwks_uri ? keySetOf(key) : { issuer, jwks_uri });
  const cached = createVerifier({ ...options, fetch: fetchDocument });
  const publicKey = await crypto.subtle.importKey('jwk', key.jwk, key.privateKey.algorithm, false, ['verify']);
  // What the verifier asks of jose too.
  const requiredClaims = ['iss', 'aud', 'sub', 'iat', 'exp'];
  const checks = { algorithms: [algorithm], typ: 'JWT', clockTolerance: 5, maxTokenAge: 3600, requiredClaims };
  const expected = { issuer, audience, currentDate, ...checks };
  /** @returns microseconds a token, one after another. */
  const time = (verify: () => Promise<unknown>) => async () => {
    const start = performance.now();
    for (let n = 0; n < tokens; n++) await verify();
    return ((performance.now() - start) * 1_000) / tokens;
  };
  const contenders = {
    jose: time(() => jwtVerify(token, publicKey, expected)),
    given: time(() => given.verify(token)),
    cached: time(() => cached.verify(token)),
  };
  // Compiled by the engine before anything counts.
  for (let n = 0; n < 20; n++) for (const contender of Object.values(contenders)) await contender();
  const times = await interleaved(rounds, contenders);
  const ratio = (measured: number[]) => median(measured.map((value, round) => value / times.jose[round]!));
  return { ...times, givenRatio: ratio(times.given), cachedRatio: ratio(times.cached) };
}

const rows: string[][] = [];
for (const algorithm of ['ES256', 'ES512', 'EdDSA', 'RS256', 'PS256'] as const) {
  const { jose, given, cached, givenRatio, cachedRatio } = await compare(algorithm);
  const ratios = [givenRatio, cachedRatio].map((ratio) => ratio.toFixed(2));
  rows.push([algorithm, spread(jose), spread(given), spread(cached), ...ratios]);
  judge([
    { name: `${algorithm}, keys given: the time of jwtVerify`, measured: givenRatio, must: 'at most', limit: 1.1 },
    { name: `${algorithm}, keys cached: the time of jwtVerify`, measured: cachedRatio, must: 'at most', limit: 1.1 },
  ]);
}
console.log(`\n${rounds} rounds of ${tokens} tokens, interleaved; microseconds a token: median (quartiles)`);
console.log(table(['algorithm', 'jose', 'keys given', 'keys cached', 'ratio given', 'ratio cached'], rows));
