import { createVerifier } from '../../verify/index.ts';
import { createAuthorizer } from './authorizer.ts';
import { readSettings } from './settings.ts';

const { issuer, jwksUri, audiences, algorithms, ...settings } = readSettings(process.env);

/** Lambda authorizer of the type REQUEST. The verifier is made once for a container, because it holds the keys. */
export const handler = createAuthorizer({
  ...settings,
  verifier: createVerifier({ issuer, audience: audiences, algorithms, jwks: jwksUri }),
});
