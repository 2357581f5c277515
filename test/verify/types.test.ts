import { expect, test } from '@jest/globals';
import { compileErrors } from '../support/compile.ts';

const prelude = `
  import { createVerifier, withVerifiedToken, type VerifierOptions, type VerificationErrorCode } from 'cdk-gatehouse/verify';
  import { createTokenManager } from 'cdk-gatehouse/client';
  const issuer = 'https://auth.example.com', audience = 'https://api.example.com';
  const verifier = createVerifier({ issuer, audience });
  const claims = await verifier.verify('token');
`;

const compiles: Record<string, string> = {
  'all options': `const options: VerifierOptions = {
    issuer, audience: [audience, 'urn:api'], algorithms: ['ES256', 'RS256'], jwks: new URL(issuer), typ: 'at+jwt',
    clockTolerance: 1, maxTokenAge: 60, requiredClaims: ['role'], onEvent: async (event) => console.log(event.type) };`,
  'a claim that was narrowed': `const role: string = typeof claims.role === 'string' ? claims.role : 'user';`,
  'registered claims': `const text: string = claims.sub + claims.iss; const seconds: number = claims.exp - claims.iat;`,
  'events by type': `createVerifier({ issuer, audience, onEvent: (event) => {
    if (event.type === 'verified') { const sub: string = event.sub; } else { const code: VerificationErrorCode = event.code; } } });`,
  'a handler with what the runtime passes': `const handle: (request: Request, environment: { name: string }) => Promise<Response> =
    withVerifiedToken(verifier, (request, { sub }, environment: { name: string }) => new Response(sub + environment.name));`,
  'a token manager': `const token: string | null = await createTokenManager({ baseURL: issuer, storage: sessionStorage }).getToken();`,
};

const doesNot: Record<string, string> = {
  'a shared secret': `createVerifier({ issuer, audience, algorithms: ['HS256'] });`,
  'no signature': `createVerifier({ issuer, audience, algorithms: ['ES256', 'none'] });`,
  'any algorithm': `createVerifier({ issuer, audience, algorithms: ['ES256'] as string[] });`,
  'no algorithm': `createVerifier({ issuer, audience, algorithms: [] });`,
  'no audience': `createVerifier({ issuer });`,
  'an audience that may be missing': `createVerifier({ issuer, audience: process.env.AUDIENCE });`,
  'no audience of many': `createVerifier({ issuer, audience: [] });`,
  'a pattern for the audience': `createVerifier({ issuer, audience: /.*/ });`,
  'no issuer': `createVerifier({ audience });`,
  'several issuers': `createVerifier({ issuer: [issuer], audience });`,
  'an option that does not exist': `createVerifier({ issuer, audience, ignoreExpiration: true });`,
  'a secret for the keys': `createVerifier({ issuer, audience, jwks: new Uint8Array(32) });`,
  'a tolerance in words': `createVerifier({ issuer, audience, clockTolerance: '5 minutes' });`,
  'a token that may be missing': `verifier.verify(new Headers().get('authorization'));`,
  'a claim taken for what it may not be': `const role: string = claims.role;`,
  'a call on a claim of unknown type': `claims.email.toLowerCase();`,
  'the audience taken for one': `claims.aud.toLowerCase();`,
  'a claim that is changed': `claims.sub = 'admin';`,
  'claims without waiting': `verifier.verify('token').sub;`,
  'a middleware without a verifier': `withVerifiedToken((token: string) => true, () => new Response());`,
  'a token in an event': `createVerifier({ issuer, audience, onEvent: (event) => event.token });`,
  'a token that is not looked at for null': `const token: string = await createTokenManager({ baseURL: issuer }).getToken();`,
  'storage by a word': `createTokenManager({ baseURL: issuer, storage: 'localStorage' });`,
  'all origins': `createTokenManager({ baseURL: issuer, resourceOrigins: '*' });`,
};

test('what is right compiles, and each misuse is one error', async () => {
  const all = Object.entries({ ...compiles, ...doesNot });
  const errors = await compileErrors(Object.fromEntries(all.map(([, code], at) => [`case-${at}`, prelude + code])));
  const counts = Object.fromEntries(all.map(([name], at) => [name, errors[`case-${at}`]]));
  for (const name of Object.keys(compiles)) expect({ [name]: counts[name] }).toEqual({ [name]: [] });
  for (const name of Object.keys(doesNot)) {
    expect({ [name]: counts[name] }).toEqual({ [name]: [expect.stringMatching(/^error TS(2\d{3}|18046):/)] });
  }
});
