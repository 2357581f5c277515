/**
 * Names of the environment variables by which the constructs configure the functions. Values are never secrets: secrets are
 * named by ARN and read at run time.
 */
export const environment = {
  /** The public base URL and token issuer: no `/api/auth`, no trailing slash; on the execute-api host it includes the stage. */
  baseUrl: 'GATEHOUSE_BASE_URL',
  /** `dev` or `prod`: how strict the function is about its own settings. */
  stage: 'GATEHOUSE_STAGE',
  identityTable: 'GATEHOUSE_IDENTITY_TABLE',
  rateLimitTable: 'GATEHOUSE_RATE_LIMIT_TABLE',
  /** ARN (or name) of the Secrets Manager secret that holds Better Auth's secret: plain text, or its versions as JSON. */
  secretArn: 'GATEHOUSE_SECRET_ARN',
  /** ARN of the secret that holds the client secrets of social providers, a JSON object; absent when there are none. */
  providerSecretsArn: 'GATEHOUSE_PROVIDER_SECRETS_ARN',
  /** JSON: `PublishedKey[]`, see contract/signing.ts. */
  signingKeys: 'GATEHOUSE_SIGNING_KEYS',
  /** Where discovery sends verifiers for the key set; below the base URL when absent. */
  jwksUri: 'GATEHOUSE_JWKS_URI',
  /** `aud` of the tokens; the base URL when absent. */
  tokenAudience: 'GATEHOUSE_TOKEN_AUDIENCE',
  /** JSON: audience → signing algorithm; tokens are for these audiences and for `tokenAudience`. Nobody else when absent. */
  audienceAlgorithms: 'GATEHOUSE_AUDIENCE_ALGORITHMS',
  /** ARN of the Secrets Manager secret that holds the peppers, see lambda/policy/passwords/pepper-ring.ts; none when absent. */
  pepperSecretArn: 'GATEHOUSE_PEPPER_SECRET_ARN',
  mailQueueUrl: 'GATEHOUSE_MAIL_QUEUE_URL',
  /** JSON: string[] of origins, beside the base URL's own. */
  trustedOrigins: 'GATEHOUSE_TRUSTED_ORIGINS',
  /** JSON: string[] of networks in CIDR notation that may use the admin endpoints, beside those of the operators' list. */
  adminNetworks: 'GATEHOUSE_ADMIN_NETWORKS',
  /** JSON: `ClientAddressSource`, see contract/client-address.ts; API Gateway's own when absent. */
  clientAddress: 'GATEHOUSE_CLIENT_ADDRESS',
  /** JSON: `AuthorizerSettings`, see contract/authorizer.ts. */
  authorizer: 'GATEHOUSE_AUTHORIZER',
  /** Mailer: the From address. */
  mailFrom: 'GATEHOUSE_MAIL_FROM',
  /** Mailer: the SES configuration set. */
  mailConfigurationSet: 'GATEHOUSE_MAIL_CONFIGURATION_SET',
  /** Mailer: the product name in subjects and texts. */
  productName: 'GATEHOUSE_PRODUCT_NAME',
} as const;

export const stages = ['dev', 'prod'] as const;
/** `prod` refuses what would make it weaker. */
export type Stage = (typeof stages)[number];
