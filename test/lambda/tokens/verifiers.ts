import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Answer } from '../../support/stack.ts';

/** A resource server: what it verifies with, and how it keeps the key set. */
export interface Verifier {
  readonly name: string;
  /** Kids of the key set that it got last. */
  known(): readonly string[];
  accepts(token: string): Promise<boolean>;
}

type Origin = () => Promise<Answer>;

const url = 'https://auth.example.com/prod/.well-known/jwks.json';

/** The common ways to keep a key set, each straight at the function and, where it can be, behind an HTTP cache. */
export function createVerifiers(origin: Origin, claims: { issuer: string; audience: string }): Verifier[] {
  const verifier = (name: string, from: Origin, create: (load: () => Promise<JSONWebKeySet>) => Check): Verifier => {
    let kids: string[] = [];
    const check = create(async () => {
      const keySet = (await from()).json as JSONWebKeySet;
      kids = keySet.keys.map(({ kid }) => kid!);
      return keySet;
    });
    return { name, known: () => kids, accepts: (token) => check(token).then(accepted, rejected) };
  };

  const jose = (load: () => Promise<JSONWebKeySet>): Check => {
    const keySet = createRemoteJWKSet(new URL(url), { [customFetch]: async () => Response.json(await load()) });
    return (token) => jwtVerify(token, keySet, claims);
  };
  const awsJwtVerify = (load: () => Promise<JSONWebKeySet>): Check => {
    const fetcher = { fetch: async () => new TextEncoder().encode(JSON.stringify(await load())).buffer };
    const jwksCache = new SimpleJwksCache({ fetcher });
    const verify = JwtVerifier.create({ ...claims, jwksUri: url }, { jwksCache });
    return (token) => verify.verify(token);
  };
  /** Keeps the set for two hours whatever comes, as API Gateway's authorizers may. */
  const stubborn = (load: () => Promise<JSONWebKeySet>): Check => {
    let kept: { keySet: ReturnType<typeof createLocalJWKSet>; until: number } | undefined;
    return async (token) => {
      if (!kept || Date.now() >= kept.until) {
        kept = { keySet: createLocalJWKSet(await load()), until: Date.now() + 7_200_000 };
      }
      return jwtVerify(token, kept.keySet, claims);
    };
  };

  /** Has no key set yet, as a function that has just started. */
  const fresh = (load: () => Promise<JSONWebKeySet>): Check => {
    return async (token) => jwtVerify(token, createLocalJWKSet(await load()), claims);
  };

  return [
    verifier('just started', origin, fresh),
    verifier('jose', origin, jose),
    verifier('jose behind a cache', httpCache(origin), jose),
    verifier('aws-jwt-verify', origin, awsJwtVerify),
    verifier('aws-jwt-verify behind a cache', httpCache(origin), awsJwtVerify),
    verifier('two-hour cache', origin, stubborn),
  ];
}

type Check = (token: string) => Promise<unknown>;
const accepted = () => true;

/** Any other failure would be one of the test. */
function rejected(error: Error & { code?: string }): false {
  const reasons = ['ERR_JWKS_NO_MATCHING_KEY', 'KidNotFoundInJwksError', 'WaitPeriodNotYetEndedJwkError'];
  if (reasons.includes(error.code ?? error.constructor.name)) return false;
  throw error;
}

/** A shared cache that does what Cache-Control allows (RFC 9111; stale-while-revalidate: RFC 5861). */
function httpCache(origin: Origin): Origin {
  let stored: { answer: Answer; at: number } | undefined;
  return async () => {
    const control = stored?.answer.headers.get('cache-control') ?? '';
    const seconds = (directive: string) => Number(new RegExp(`${directive}=(\\d+)`).exec(control)?.[1] ?? 0);
    const age = stored ? (Date.now() - stored.at) / 1000 : Number.POSITIVE_INFINITY;
    if (stored && age < seconds('max-age')) return stored.answer;
    const stale = stored && age < seconds('max-age') + seconds('stale-while-revalidate') ? stored.answer : undefined;
    stored = { answer: await origin(), at: Date.now() };
    return stale ?? stored.answer;
  };
}
