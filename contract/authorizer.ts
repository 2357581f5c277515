/** What `JwtAuthorizer` tells the authorizer function, as JSON in its environment. */
export interface AuthorizerSettings {
  /** `iss` of the tokens, to the letter. */
  readonly issuer: string;
  /** Where the key set is. @default - as the issuer's discovery document says */
  readonly jwksUri?: string | undefined;
  /** One of these has to be in `aud`. */
  readonly audiences: readonly string[];
  /** JOSE algorithms that are accepted. @default - those of the verifier */
  readonly algorithms?: readonly string[] | undefined;
  /** The header that carries `Bearer <token>`. */
  readonly identityHeader: string;
  /** All of these have to be in `scope` or `scp`. */
  readonly requiredScopes: readonly string[];
  /** Claims that have to have exactly this text as their value. */
  readonly requiredClaims: Readonly<Record<string, string>>;
  /** Claims that the protected API gets to see, where a token has them. */
  readonly contextClaims: readonly string[];
}
