import { devNull } from 'node:os';
import { account, region } from './aws/protocol.ts';

export interface LocalEndpoints {
  /** Of KMS, Secrets Manager, SQS and SES. */
  readonly aws: string;
  readonly dynamodb: string;
}

/** How SDK clients of this process reach the stand-ins; they sign with it, and nothing checks the signature. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/**
 * The variables that Lambda sets, and the stand-ins' addresses. Nothing of the developer's own environment goes in: not their
 * AWS profile, and not NODE_ENV, which Lambda leaves unset and which changes what Better Auth checks.
 */
export const functionEnvironment = (name: string, endpoints: LocalEndpoints): Record<string, string> => ({
  TZ: ':UTC',
  LANG: 'en_US.UTF-8',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
  AWS_ACCOUNT_ID: account,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
  // About this machine's Node; in AWS the functions run on a newer one.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: `gatehouse-${name}`,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/gatehouse-${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  AWS_ENDPOINT_URL_CLOUDWATCH: endpoints.aws,
  AWS_ENDPOINT_URL_KMS: endpoints.aws,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.aws,
  AWS_ENDPOINT_URL_SQS: endpoints.aws,
  AWS_ENDPOINT_URL_SESV2: endpoints.aws,
});
