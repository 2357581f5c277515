import type { VerificationAlgorithm } from './algorithms.ts';
import { decodeText, isBase64url } from './base64url.ts';
import { isRecord, parseStrictJson } from './strict-json.ts';
import { shown, VerificationError } from './verification-error.ts';

/** The longest token that is looked at, in characters. */
export const maxTokenLength = 8192;

/**
 * Header parameters of RFC 7515, 7516 and 7797 by which a token brings its own key, says where to fetch one, or asks to be read in
 * another way.
 */
const refusedParameters = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'cty', 'enc', 'zip'];

const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Printable ASCII: what `kid` is compared with comes from the issuer, but the token's own ends up in logs. */
const plausibleKid = /^[\x21-\x7e]{1,256}$/;

export interface TokenHeader {
  readonly alg: VerificationAlgorithm;
  readonly kid: string;
}

/**
 * Makes a function that checks all that can be said about a token without a key, and returns what names the key. The last good
 * header is remembered, since all tokens of a key have the same. What it makes throws `VerificationError`.
 */
export function headerReader(algorithms: readonly VerificationAlgorithm[]): (token: unknown) => TokenHeader {
  let last: { readonly text: string; readonly header: TokenHeader } | undefined;
  return (token) => {
    const text = headerText(token);
    if (text !== last?.text) last = { text, header: checkHeader(text, algorithms) };
    return last.header;
  };
}

function headerText(token: unknown): string {
  if (typeof token !== 'string') throw malformed(`the token is of type ${typeof token}; it must be a string`);
  if (token.length > maxTokenLength) {
    const message = `the token has ${token.length} characters; allowed are ${maxTokenLength}`;
    throw new VerificationError('TOKEN_TOO_LARGE', message);
  }
  // Of the three parts only the signature is not covered by itself, and could be spelled in another way.
  if (!compact.test(token) || !isBase64url(token.slice(token.lastIndexOf('.') + 1))) {
    throw malformed('the token is not three parts of base64url without padding');
  }
  return token.slice(0, token.indexOf('.'));
}

function checkHeader(text: string, algorithms: readonly VerificationAlgorithm[]): TokenHeader {
  const header = parseHeader(text);
  const { kid } = header;
  const alg = algorithms.find((allowed) => allowed === header.alg);
  if (!alg) {
    const message = `alg is ${shown(header.alg)}; allowed are ${algorithms.join(', ')}`;
    throw new VerificationError('ALGORITHM_NOT_ALLOWED', message);
  }
  if (typeof kid !== 'string' || !plausibleKid.test(kid)) {
    throw malformed('kid must be a string of 1 to 256 printable ASCII characters');
  }
  const refused = refusedParameters.find((name) => Object.hasOwn(header, name));
  if (refused) {
    const message = `header parameter '${refused}' is not allowed`;
    throw new VerificationError('HEADER_NOT_ALLOWED', message, { details: { kid } });
  }
  return { alg, kid };
}

function parseHeader(text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = parseStrictJson(decodeText(text));
  } catch (cause) {
    throw malformed('the header is not UTF-8 and JSON without repeated members', { cause });
  }
  if (!isRecord(header)) throw malformed('the header is not a JSON object');
  return header;
}

const malformed = (message: string, options?: ErrorOptions) =>
  new VerificationError('TOKEN_MALFORMED', message, options);
