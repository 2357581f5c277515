import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const base64url = (data: string | Buffer) => Buffer.from(data).toString('base64url');

/** What a test may have the key say, which a real one would not. */
export interface Assertion {
  /** Where the page says it is. @default that of the key's site */
  readonly origin?: string;
  /** @default the host of the key's site */
  readonly rpId?: string;
  /** Whether a finger or a PIN was asked for. @default true */
  readonly verified?: boolean;
  /** @default one more than the last time */
  readonly counter?: number;
}

/** A security key in software: one ES256 credential, as WebAuthn (Level 2, section 6) has it, with no attestation. */
export function createAuthenticator(site: string) {
  const id = randomBytes(32);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  let counter = 0;

  const clientData = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin }));
  function authenticatorData(flags: number, assertion: Assertion, ...rest: Buffer[]): Buffer {
    counter = assertion.counter ?? counter + 1;
    const head = Buffer.alloc(5);
    head.writeUInt8(flags | (assertion.verified === false ? 0 : 0x04));
    head.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(assertion.rpId ?? new URL(site).hostname), head, ...rest]);
  }
  const credential = (response: object) => ({
    id: base64url(id),
    rawId: base64url(id),
    type: 'public-key',
    clientExtensionResults: {},
    response,
  });

  return {
    register(challenge: string, assertion: Assertion = {}) {
      // CBOR of the COSE key {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
      const point = (label: number, value = '') =>
        Buffer.concat([Buffer.from([label, 0x58, 32]), Buffer.from(value, 'base64url')]);
      const key = Buffer.concat([Buffer.from('a5010203262001', 'hex'), point(0x21, jwk.x), point(0x22, jwk.y)]);
      // User present, with a credential: no authenticator's name, the length of the id, the id, the key.
      const data = authenticatorData(0x41, assertion, Buffer.alloc(16), Buffer.from([0, id.length]), id, key);
      const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        ...[text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0]), text('authData')],
        Buffer.from([0x58, data.length]),
        data,
      ]);
      return credential({
        clientDataJSON: base64url(clientData('webauthn.create', challenge, assertion.origin ?? site)),
        attestationObject: base64url(attestationObject),
        transports: ['internal'],
      });
    },
    authenticate(challenge: string, assertion: Assertion = {}) {
      const data = authenticatorData(0x01, assertion);
      const client = clientData('webauthn.get', challenge, assertion.origin ?? site);
      return credential({
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)),
      });
    },
  };
}
