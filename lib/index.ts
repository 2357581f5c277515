/** The public API of the constructs. Everything else in this folder is private. */
export type { AlarmName } from '../contract/alarm-defaults.ts';
export type { Stage } from '../contract/environment.ts';
export type { SigningAlgorithm, SigningKeyState } from '../contract/signing.ts';
export { AlarmTopic, type AlarmTopicProps } from './alarm-topic.ts';
export { Alarms, type AlarmsProps } from './alarms/alarms.ts';
export type { Watched, WatchedApi, WatchedFirewall, WatchedFunction, WatchedMail } from './alarms/watched.ts';
export type { ArchiveLock, ArchiveSettings } from './audit-trail/archive-settings.ts';
export { AuditArchive, type AuditArchiveProps } from './audit-trail/audit-archive.ts';
export { AuditTrail, type AuditTrailProps } from './audit-trail/audit-trail.ts';
export { TamperRules, type TamperRulesProps } from './audit-trail/tamper-rules.ts';
export { AuthApi, type AuthApiProps } from './auth-api.ts';
export { AuthFunction, type AuthFunctionProps } from './auth-function.ts';
export { AuthSecrets, type AuthSecretsProps } from './auth-secrets.ts';
export type { ClientAddressProps } from './client-address.ts';
export { defineConfig, type GatehouseConfig, type StageConfig } from './config.ts';
export { Dashboard, type DashboardProps } from './dashboard/dashboard.ts';
export { EdgeDistribution, type EdgeDistributionProps } from './edge-distribution.ts';
export { EdgeFirewallStack, type EdgeFirewallStackProps, withEdgeFirewall } from './edge-firewall-stack.ts';
export type { EdgePhase } from './edge-settings.ts';
export * from './firewall/index.ts';
export { Gatehouse } from './gatehouse.ts';
export type { CloudFrontProps } from './gatehouse-front.ts';
export type { GatehouseProps } from './gatehouse-props.ts';
export { GatehouseStack, type GatehouseStackProps } from './gatehouse-stack.ts';
export {
  GradualDeployment,
  type GradualDeploymentProps,
  type GradualRollout,
  type Rollout,
} from './gradual-deployment.ts';
export { IdentityTable, type IdentityTableProps } from './identity-table.ts';
export {
  JwtAuthorizer,
  type JwtAuthorizerProps,
  type LambdaJwtAuthorizerProps,
  type NativeJwtAuthorizerProps,
} from './jwt-authorizer.ts';
export { KeySetDistribution, type KeySetDistributionProps, type KeySetDomain } from './key-set-distribution.ts';
export { Mail, type MailProps } from './mail.ts';
export { OriginSecrets, type OriginSecretsProps } from './origin-secrets.ts';
export { PepperSecret, type PepperSecretProps } from './pepper-secret.ts';
export { ProviderSecrets, type ProviderSecretsProps } from './provider-secrets.ts';
export { RateLimitTable, type RateLimitTableProps } from './rate-limit-table.ts';
export { GatehouseChecks } from './rules/gatehouse-checks.ts';
export { ServiceEndpoints, type ServiceEndpointsProps } from './service-endpoints.ts';
export type { SigningKeyConfig } from './signing-key-config.ts';
export { type LockedKey, parseSigningKeyLock, type SigningKeyLock } from './signing-key-lock.ts';
export { SigningKeys, type SigningKeysProps } from './signing-keys.ts';
