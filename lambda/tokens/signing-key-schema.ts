import * as z from 'zod';
import { type SigningAlgorithm, signingAlgorithms, signingKeyStates } from '../../contract/signing.ts';

export const signingAlgorithmNames = Object.keys(signingAlgorithms) as [SigningAlgorithm, ...SigningAlgorithm[]];

/** A signing key as the constructs name it, before its public half is read. */
export const signingKeySchema = z.object({
  id: z.string().min(1),
  algorithm: z.enum(signingAlgorithmNames),
  state: z.enum(signingKeyStates),
  keyArn: z.string().min(1),
});
