/** The public API of the constructs. Everything else in this folder is private. */
export type { Stage } from '../contract/environment.ts';
export type { SigningAlgorithm, SigningKeyState } from '../contract/signing.ts';
export { AlarmTopic, type AlarmTopicProps } from './alarm-topic.ts';
export { type AlarmName, Alarms, type AlarmsProps } from './alarms.ts';
export { AuditTrail, type AuditTrailProps } from './audit-trail.ts';
export { AuthApi, type AuthApiProps } from './auth-api.ts';
export { AuthFunction, type AuthFunctionProps } from './auth-function.ts';
export { AuthSecrets, type AuthSecretsProps } from './auth-secrets.ts';
export { defineConfig, type GatehouseConfig, type StageConfig } from './config.ts';
export { Firewall, type FirewallProps } from './firewall.ts';
export { Gatehouse, type GatehouseProps } from './gatehouse.ts';
export { GatehouseStack, type GatehouseStackProps } from './gatehouse-stack.ts';
export { IdentityTable, type IdentityTableProps } from './identity-table.ts';
export {
  JwtAuthorizer,
  type JwtAuthorizerProps,
  type LambdaJwtAuthorizerProps,
  type NativeJwtAuthorizerProps,
} from './jwt-authorizer.ts';
export { KeySetDistribution, type KeySetDistributionProps, type KeySetDomain } from './key-set-distribution.ts';
export { Mail, type MailProps } from './mail.ts';
export { RateLimitTable, type RateLimitTableProps } from './rate-limit-table.ts';
export type { SigningKeyConfig } from './signing-key-config.ts';
export { type LockedKey, parseSigningKeyLock, type SigningKeyLock } from './signing-key-lock.ts';
export { SigningKeys, type SigningKeysProps } from './signing-keys.ts';
