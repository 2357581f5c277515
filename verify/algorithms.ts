import { type SigningAlgorithm, signingAlgorithms } from '../contract/signing.ts';

/** Signature algorithms (RFC 7518, RFC 8037) that Gatehouse signs with: all with a public key, so no HS256 and no `none`. */
export type VerificationAlgorithm = SigningAlgorithm;

export const verificationAlgorithms = Object.keys(signingAlgorithms) as readonly VerificationAlgorithm[];
