import { createContext, runInContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import type * as clientModule from '../../client/index.ts';
import { webBundle } from '../support/web-bundle.ts';
import { start, tokenOf } from './tokens.ts';

const webGlobals = { AbortSignal, atob, fetch, Headers, Request, Response, setTimeout, TextDecoder, URL };

test('runs where there is nothing but web standards, without BroadcastChannel and Web Locks too', async () => {
  const context = createContext({ ...webGlobals });
  runInContext(await webBundle('client/index.ts', 'iife', 'client'), context);
  const { createTokenManager } = runInContext('client', context) as typeof clientModule;
  const token = tokenOf({ iat: start, exp: start + 900 });
  const tokens = createTokenManager({
    baseURL: 'https://auth.example.com',
    fetch: async () => Response.json({ token }),
  });
  expect(await Promise.all([tokens.getToken(), tokens.getToken()])).toEqual([token, token]);
  tokens.clear();
  tokens.close();
});
