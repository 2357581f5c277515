import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A person who has an account with the provider. */
export interface ProviderUser {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name?: string;
}

interface Grant {
  readonly user: ProviderUser;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string | undefined;
}

export interface IssuedTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
}

/**
 * An OpenID provider on this machine that is as strict as a good one: codes are good once, for the client, the redirect URI and the
 * PKCE verifier that they were issued for (RFC 6749 section 4.1.3, RFC 7636).
 */
export async function startOidcProvider({ clientId, clientSecret }: { clientId: string; clientSecret: string }) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'provider', alg: 'ES256', use: 'sig' }];
  const grants = new Map<string, Grant>();
  const people = new Map<string, ProviderUser>();
  const issued: IssuedTokens[] = [];
  let alter = (idToken: string) => idToken;
  let url = '';

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });

  async function answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const { pathname } = new URL(request.url!, url);
    if (pathname === '/.well-known/openid-configuration') return { status: 200, body: discovery() };
    if (pathname === '/jwks') return { status: 200, body: { keys } };
    if (pathname === '/token') return token(request);
    const person = people.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
    if (pathname === '/userinfo' && person) return { status: 200, body: person };
    return { status: 401, body: { error: 'invalid_request' } };
  }

  const discovery = () => ({
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    userinfo_endpoint: `${url}/userinfo`,
    jwks_uri: `${url}/jwks`,
    id_token_signing_alg_values_supported: ['ES256'],
  });

  async function token(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const form = new URLSearchParams(await text(request));
    const [id, secret] = credentials(request, form);
    if (id !== clientId || secret !== clientSecret) return { status: 401, body: { error: 'invalid_client' } };
    const code = form.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!grant || grant.redirectUri !== form.get('redirect_uri') || grant.challenge !== challenge) {
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    const genuine = await issue(grant);
    const tokens = { ...genuine, id_token: alter(genuine.id_token) };
    issued.push(tokens);
    people.set(tokens.access_token, grant.user);
    return { status: 200, body: { ...tokens, token_type: 'Bearer', expires_in: 3600 } };
  }

  async function issue({ user, nonce }: Grant): Promise<IssuedTokens> {
    const id_token = await new SignJWT({ ...user, ...(nonce && { nonce }) })
      .setProtectedHeader({ alg: 'ES256', kid: 'provider' })
      .setIssuer(url)
      .setAudience(clientId)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    return { access_token: `access-${randomUUID()}`, refresh_token: `refresh-${randomUUID()}`, id_token };
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    discoveryUrl: `${url}/.well-known/openid-configuration`,
    /** What has been handed out, newest last. */
    issued,
    /** From now on its id tokens are what this makes of them. */
    alterIdTokens(by: (idToken: string) => string) {
      alter = by;
    },
    /** The person agrees on the provider's page. @returns the way back: path and query of the client's callback */
    consent(authorizationUrl: string, user: ProviderUser): { code: string; state: string; callback: URL } {
      const { searchParams } = new URL(authorizationUrl);
      const parameter = (name: string) => searchParams.get(name) ?? '';
      if (parameter('client_id') !== clientId || parameter('code_challenge_method') !== 'S256') {
        throw new Error(`not an authorization request of this client with PKCE: ${authorizationUrl}`);
      }
      const code = randomUUID();
      grants.set(code, {
        user,
        clientId,
        redirectUri: parameter('redirect_uri'),
        challenge: parameter('code_challenge'),
        nonce: searchParams.get('nonce') ?? undefined,
      });
      const callback = new URL(parameter('redirect_uri'));
      callback.searchParams.set('code', code);
      callback.searchParams.set('state', parameter('state'));
      return { code, state: parameter('state'), callback };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export type OidcProvider = Awaited<ReturnType<typeof startOidcProvider>>;

function credentials(request: IncomingMessage, form: URLSearchParams): [string | null, string | null] {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (!basic) return [form.get('client_id'), form.get('client_secret')];
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':');
  return [decodeURIComponent(id), decodeURIComponent(secret)];
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
