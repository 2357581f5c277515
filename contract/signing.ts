/**
 * JOSE signature algorithms (RFC 7518, RFC 8037) that KMS can produce, and what each needs there: the key spec, the KMS
 * signing algorithm and the message type. `ED25519_SHA_512` takes RAW messages only (4,096 bytes at most); the prehashed
 * variant is not JOSE's EdDSA. Source: AWS KMS API reference, "Sign" and "CreateKey".
 */
export const signingAlgorithms = {
  ES256: { keySpec: 'ECC_NIST_P256', kmsAlgorithm: 'ECDSA_SHA_256', messageType: 'DIGEST', digest: 'sha256' },
  ES512: { keySpec: 'ECC_NIST_P521', kmsAlgorithm: 'ECDSA_SHA_512', messageType: 'DIGEST', digest: 'sha512' },
  EdDSA: { keySpec: 'ECC_NIST_EDWARDS25519', kmsAlgorithm: 'ED25519_SHA_512', messageType: 'RAW', digest: null },
  RS256: { keySpec: 'RSA_2048', kmsAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256', messageType: 'DIGEST', digest: 'sha256' },
  PS256: { keySpec: 'RSA_2048', kmsAlgorithm: 'RSASSA_PSS_SHA_256', messageType: 'DIGEST', digest: 'sha256' },
} as const;

/** The JOSE algorithms that KMS can sign with: RFC 7518 section 3.1, and RFC 8037 for EdDSA with Ed25519. */
export type SigningAlgorithm = keyof typeof signingAlgorithms;

export const signingKeyStates = ['next', 'active', 'retiring'] as const;
/** `next`: published, does not sign yet. `active`: signs. `retiring`: published until its last token has expired. */
export type SigningKeyState = (typeof signingKeyStates)[number];

/** One signing key as the auth function gets it from the deployment, public key included. */
export interface PublishedKey {
  /** The name in the configuration, for people: '2026-11'. */
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly keyArn: string;
  /** SubjectPublicKeyInfo, DER, base64: what KMS GetPublicKey answers. */
  readonly publicKey: string;
}

/** Types of the custom resources that the key publisher answers. */
export const keyResources = {
  publishedKeys: 'Custom::GatehousePublishedKeys',
  edgeAnswers: 'Custom::GatehouseEdgeAnswers',
} as const;

/** Seconds that a token is valid. */
export const tokenLifetime = 900;

/** Default waits of a rotation, in seconds. */
export const rotationWaits = {
  /**
   * From publishing a key to its first signature: API Gateway's JWT authorizers keep a key set for two hours, HTTP caches for ten
   * minutes before that, and for 40 minutes containers of the previous version may still serve the old set while a deployment
   * shifts traffic.
   */
  publish: 7200 + 600 + 2400,
  /**
   * From a key's retirement to its withdrawal: until its last token has expired (`tokenLifetime`) on a verifier whose clock is five
   * minutes behind, and 40 minutes in which containers of the previous version may still sign while a deployment shifts traffic.
   */
  drop: tokenLifetime + 300 + 2400,
} as const;
