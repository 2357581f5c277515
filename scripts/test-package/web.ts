import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './checks.ts';
import { Project } from './project.ts';

/** The parts for browsers and resource servers, which bring no package along. */
export async function checkWeb(scratch: string, tarball: string): Promise<void> {
  const project = new Project(scratch, 'web');
  await project.install({ file: tarball });

  await check(
    'verify and client load as CommonJS and as ES modules, with nothing else installed, and work',
    async () => {
      const cdk = join(project.folder, 'node_modules/aws-cdk-lib');
      assert.ok(!existsSync(cdk), 'a team that only verifies tokens gets the CDK');
      project.write(
        'web.cjs',
        `const verify = require('cdk-gatehouse/verify'), client = require('cdk-gatehouse/client'); ${test}`,
      );
      project.write(
        'web.mjs',
        `import * as verify from 'cdk-gatehouse/verify'; import * as client from 'cdk-gatehouse/client'; ${test}`,
      );
      for (const file of ['web.cjs', 'web.mjs']) {
        assert.equal((await project.node(file)).trim(), 'user-1,SIGNATURE_INVALID,true', file);
      }
    },
  );
}

const test = `(async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid: 'key', alg: 'ES256' };
  const now = Math.floor(Date.now() / 1000);
  const issuer = 'https://auth.example.com', audience = 'https://api.example.com';
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { iss: issuer, aud: audience, sub: 'user-1', iat: now, exp: now + 900 };
  const input = encode({ alg: 'ES256', kid: 'key', typ: 'JWT' }) + '.' + encode(claims);
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, Buffer.from(input));
  const token = input + '.' + Buffer.from(signature).toString('base64url');
  const verifier = verify.createVerifier({ issuer, audience, jwks: { keys: [jwk] } });
  const { sub } = await verifier.verify(token);
  const { code } = await verifier.verify(token.slice(0, -86) + 'A'.repeat(86)).catch((error) => error);
  const tokens = client.createTokenManager({ baseURL: issuer, fetch: async () => Response.json({ token }) });
  console.log([sub, code, (await tokens.getToken()) === token].join());
  tokens.close();
})();`;
