import { stackRole } from '../keys/policy/principals.ts';
import type { Resources } from '../keys/policy/resolve.ts';

/** The stack's own roles, as the page names them. */
const patterns = {
  auth: /AuthFunctionResourceRole/,
  mailer: /MailMailerRole/,
  publisher: /PublisherFunctionRole/,
  rollout: /RolloutRole/,
  subscription: /ArchiveSubscriptionRole/,
  archive: /ArchiveDeliveryRole/,
} as const;

export type RoleName = keyof typeof patterns;

export interface Role {
  readonly name: RoleName;
  readonly arn: string;
  readonly policies: readonly object[];
}

export const rolesOf = (resources: Resources): Role[] =>
  Object.entries(patterns).map(([name, pattern]) => ({ name: name as RoleName, ...stackRole(pattern, resources) }));
