/** `npm run bench:verify`: what `createVerifier` adds to one `jwtVerify` of jose with the same key, for each kind of key. */
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
  const verifier = createVerifier({ issuer, audience, jwks: keySetOf(key), now: () => currentDate });
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
    verifier: time(() => verifier.verify(token)),
  };
  // Compiled by the engine before anything counts.
  for (let n = 0; n < 20; n++) for (const contender of Object.values(contenders)) await contender();
  const times = await interleaved(rounds, contenders);
  return { ...times, ratio: median(times.verifier.map((value, round) => value / times.jose[round]!)) };
}

const rows: string[][] = [];
for (const algorithm of ['ES256', 'ES512', 'EdDSA', 'RS256', 'PS256'] as const) {
  const { jose, verifier, ratio } = await compare(algorithm);
  rows.push([algorithm, spread(jose), spread(verifier), ratio.toFixed(2)]);
  judge([{ name: `${algorithm}: the time of jwtVerify`, measured: ratio, must: 'at most', limit: 1.1 }]);
}
console.log(`\n${rounds} rounds of ${tokens} tokens, interleaved; microseconds a token: median (quartiles)`);
console.log(table(['algorithm', 'jose', 'verifier', 'ratio'], rows));
