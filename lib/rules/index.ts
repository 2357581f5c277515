import { alarmReachesSomebody } from './alarm-reaches-somebody.ts';
import { asymmetricKeyHasUsage } from './asymmetric-key-has-usage.ts';
import { auditLogIsApart } from './audit-log-is-apart.ts';
import { auditLogIsKept } from './audit-log-is-kept.ts';
import { authApiHasOneName } from './auth-api-has-one-name.ts';
import { authApiSpeaksModernTls } from './auth-api-speaks-modern-tls.ts';
import { authTableIsProtected } from './auth-table-is-protected.ts';
import { firewallBlocksFirst } from './firewall-blocks-first.ts';
import { firewallLimitsCredentials } from './firewall-limits-credentials.ts';
import { firewallLogHasDestination } from './firewall-log-has-destination.ts';
import { firewallLogRedacts } from './firewall-log-redacts.ts';
import { keyPolicyIsClosed } from './key-policy-is-closed.ts';
import { mailIsNotTracked } from './mail-is-not-tracked.ts';
import { mailRequiresTls } from './mail-requires-tls.ts';
import { noSecretInEnvironment } from './no-secret-in-environment.ts';
import type { Rule } from './rule.ts';
import { signerCannotScan } from './signer-cannot-scan.ts';
import { signerCannotStopKeys } from './signer-cannot-stop-keys.ts';
import { signerHasNoWildcards } from './signer-has-no-wildcards.ts';
import { signingKeyHasOneAlgorithm } from './signing-key-has-one-algorithm.ts';
import { signingKeyHasOneSigner } from './signing-key-has-one-signer.ts';
import { signingKeyIsKept } from './signing-key-is-kept.ts';

/** Every rule of GatehouseChecks. */
export const rules: readonly Rule[] = [
  signingKeyHasOneSigner,
  signingKeyHasOneAlgorithm,
  signingKeyIsKept,
  asymmetricKeyHasUsage,
  keyPolicyIsClosed,
  signerCannotStopKeys,
  signerCannotScan,
  signerHasNoWildcards,
  noSecretInEnvironment,
  authTableIsProtected,
  authApiHasOneName,
  authApiSpeaksModernTls,
  firewallBlocksFirst,
  firewallLimitsCredentials,
  firewallLogHasDestination,
  firewallLogRedacts,
  auditLogIsApart,
  auditLogIsKept,
  alarmReachesSomebody,
  mailRequiresTls,
  mailIsNotTracked,
];
