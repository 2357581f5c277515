import type { CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';

/** How clients of the SDK reach a service; undefined where the SDK finds it itself. */
export type ClientConfig = Pick<CloudFormationClientConfig, 'region' | 'endpoint' | 'credentials'>;

/** A Gatehouse that operators act on. */
export interface Target {
  /** As people name it. */
  readonly name: string;
  readonly baseUrl: string;
  readonly identityTable: string;
  readonly rateLimitTable: string;
  readonly authSecret: string;
  readonly auditLogGroup: string;
  /** Who acts: an ARN, or `local`. */
  readonly operator: string;
  readonly dynamodb: ClientConfig;
  /** Of everything else. */
  readonly aws: ClientConfig;
}
