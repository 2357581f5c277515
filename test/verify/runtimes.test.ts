import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type * as verifyModule from '../../verify/index.ts';
import { webBundle } from '../support/web-bundle.ts';
import { goodClaims, optionsFor, signed, signingKey } from './issuer.ts';

/** What browsers and edge runtimes have in common (WinterTC's minimum common API), as far as it is needed. */
const webGlobals = {
  AbortSignal,
  atob,
  crypto,
  fetch,
  Request,
  Response,
  structuredClone,
  TextDecoder,
  TextEncoder,
  URL,
};

test('runs where there is nothing but web standards', async () => {
  const context = createContext({ ...webGlobals });
  runInContext(await webBundle('verify/index.ts', 'iife', 'verify'), context);
  const { createVerifier } = runInContext('verify', context) as typeof verifyModule;
  const key = await signingKey('key-1');
  const verifier = createVerifier(optionsFor(key));
  expect(await verifier.verify(await signed(key))).toMatchObject(goodClaims);
  await expect(verifier.verify(await signed(await signingKey('key-1')))).rejects.toMatchObject({
    code: 'SIGNATURE_INVALID',
  });
});

test('is at most 25 KB for a browser, minified and gzipped', async () => {
  expect(gzipSync(await webBundle('verify/index.ts')).length).toBeLessThanOrEqual(25_000);
});
