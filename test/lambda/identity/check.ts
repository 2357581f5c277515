import type { BetterAuthOptions } from 'better-auth';
import { type CheckStoreInput, checkStore, type StoreFinding } from '../../../lambda/identity/index.ts';
import { authOptions, type Identity } from '../../support/identity.ts';

/** What `checkStore` finds in the table. */
export async function findingsIn(
  identity: Pick<Identity, 'client'>,
  auth: BetterAuthOptions = authOptions,
  options: Partial<CheckStoreInput> = {},
): Promise<StoreFinding[]> {
  const findings: StoreFinding[] = [];
  const onFinding = (finding: StoreFinding) => void findings.push(finding);
  await checkStore({
    client: identity.client,
    tableName: 'identity',
    auth,
    onFinding,
    wait: async () => {},
    ...options,
  });
  return findings;
}
