import { secureUrlProblem } from '../contract/secure-url.ts';
import { type VerificationAlgorithm, verificationAlgorithms } from './algorithms.ts';
import { type JSONWebKeySet, publicKeys } from './key-set.ts';
import { OptionError } from './option-error.ts';
import { shown } from './verification-error.ts';
import type { VerifierEvent } from './verifier-event.ts';

/** Whose tokens are accepted, for whom, and how. */
export interface VerifierOptions {
  /** The `iss` of the tokens, to the letter: Gatehouse's base URL. https, or http on the loopback. */
  readonly issuer: string;
  /** Who the resource server is. A token whose `aud` is one of these, or a list with one of these, is for it. */
  readonly audience: string | readonly [string, ...string[]];
  /**
   * What a token may be signed with. A key only verifies the algorithm that the issuer publishes it for.
   * @default - every algorithm that Gatehouse signs with: ES256, ES512, EdDSA, RS256 and PS256
   */
  readonly algorithms?: readonly [VerificationAlgorithm, ...VerificationAlgorithm[]];
  /**
   * Where the keys are, or the keys themselves, which are then never fetched.
   * @default - found through the issuer's `/.well-known/openid-configuration`
   */
  readonly jwks?: URL | string | JSONWebKeySet;
  /** The `typ` header of the tokens (RFC 8725 section 3.11). @default 'JWT' */
  readonly typ?: string;
  /** Claims that must be there beside `iss`, `aud`, `sub`, `iat` and `exp`. @default - none */
  readonly requiredClaims?: readonly string[];
  /** Seconds that clocks may differ, up to 300. @default 5 */
  readonly clockTolerance?: number;
  /** Seconds since `iat` after which a token is refused, even if it is valid for longer. @default 3600 */
  readonly maxTokenAge?: number;
  /** Seconds from `iat` to `exp` that a token may be valid at most. @default 3600 */
  readonly maxTokenLifetime?: number;
  /** Seconds that fetched keys are used before they are fetched again. @default 600 */
  readonly keysMaxAge?: number;
  /** Seconds beyond `keysMaxAge` that keys are still used while they cannot be fetched. @default 3600 */
  readonly keysMaxStale?: number;
  /** Seconds between two attempts to fetch keys, however many tokens name unknown ones. @default 30 */
  readonly cooldown?: number;
  /** Seconds for fetching the keys, discovery included. @default 5 */
  readonly timeout?: number;
  /** Called once for every token. What it throws is ignored, and it is not waited for. @default - nobody is told */
  readonly onEvent?: (event: VerifierEvent) => void;
  /** @default - the runtime's own */
  readonly fetch?: typeof globalThis.fetch;
  /** @default - the system clock */
  readonly now?: () => Date;
}

export type VerifierSettings = ReturnType<typeof readOptions>;

/** Fills in the defaults. Throws `OptionError`: callers in JavaScript have no types to stop them. */
export function readOptions(options: VerifierOptions) {
  const { issuer, typ = 'JWT', requiredClaims = [], algorithms = verificationAlgorithms } = options;
  // Neither a list nor a `URL`, which is a text with a slash at the end: it is compared to the letter.
  if (typeof issuer !== 'string') throw new OptionError('issuer', `is ${shown(issuer)}; it must be a string`);
  const issuerProblem = secureUrlProblem(issuer);
  if (issuerProblem) throw new OptionError('issuer', issuerProblem);
  const audience = [options.audience].flat() as string[];
  if (audience.length === 0 || !audience.every(isFilled)) {
    throw new OptionError('audience', `is ${shown(options.audience)}; it must be at least one string`);
  }
  const strange = [algorithms].flat().find((algorithm) => !verificationAlgorithms.includes(algorithm));
  if (algorithms.length === 0 || strange !== undefined) {
    const allowed = verificationAlgorithms.join(', ');
    throw new OptionError('algorithms', `is ${shown(algorithms)}; allowed are lists of ${allowed}`);
  }
  if (!isFilled(typ)) throw new OptionError('typ', `is ${shown(typ)}; it must be a string that is not empty`);
  if (!Array.isArray(requiredClaims) || !requiredClaims.every(isFilled)) {
    throw new OptionError('requiredClaims', `is ${shown(requiredClaims)}; it must be a list of claim names`);
  }
  return {
    issuer,
    audience,
    algorithms: [...algorithms],
    typ,
    requiredClaims: [...requiredClaims],
    jwks: options.jwks === undefined ? undefined : readJwks(options.jwks),
    clockTolerance: seconds(options, 'clockTolerance', 5, { min: 0, max: 300 }),
    maxTokenAge: seconds(options, 'maxTokenAge', 3600),
    maxTokenLifetime: seconds(options, 'maxTokenLifetime', 3600),
    keysMaxAge: seconds(options, 'keysMaxAge', 600),
    keysMaxStale: seconds(options, 'keysMaxStale', 3600, { min: 0 }),
    cooldown: seconds(options, 'cooldown', 30),
    timeout: seconds(options, 'timeout', 5, { max: 60 }),
    onEvent: options.onEvent,
    fetch: options.fetch ?? ownFetch,
    now: options.now ?? (() => new Date()),
  } satisfies Record<keyof VerifierOptions, unknown>;
}

/** Looked up with each call, and called without a receiver, as browsers insist on. */
const ownFetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request);

const isFilled = (value: unknown) => typeof value === 'string' && value !== '';

function readJwks(jwks: NonNullable<VerifierOptions['jwks']>): URL | JSONWebKeySet {
  if (typeof jwks === 'string' || jwks instanceof URL) {
    const problem = secureUrlProblem(jwks);
    if (problem) throw new OptionError('jwks', problem);
    return new URL(jwks);
  }
  const keys = publicKeys(jwks);
  if (!keys || keys.keys.length !== jwks.keys.length) {
    throw new OptionError('jwks', 'must be a URL or a set of public keys, each with kty EC, OKP or RSA, kid and alg');
  }
  return keys;
}

type Seconds =
  | 'clockTolerance'
  | 'maxTokenAge'
  | 'maxTokenLifetime'
  | 'keysMaxAge'
  | 'keysMaxStale'
  | 'cooldown'
  | 'timeout';

const day = 86_400;

function seconds(options: VerifierOptions, name: Seconds, ordinary: number, { min = 1, max = day } = {}): number {
  const value: unknown = options[name] ?? ordinary;
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw new OptionError(name, `is ${shown(value)}; allowed are ${min} to ${max} seconds`);
  }
  return value;
}
