import { checkStore, type StoreFinding } from '../../../lambda/identity/index.ts';
import type { Result, StoreInput } from './command.ts';

/** Proves on the table that claims and owners match. It fails too where a finding could not be confirmed: then nothing is proved yet. */
export async function checkIdentities({ given, store, target, now, progress }: StoreInput): Promise<Result> {
  const found: StoreFinding[] = [];
  const { items } = await checkStore({
    client: store.client,
    tableName: target.identityTable,
    auth: store.auth,
    now,
    ...(given.readUnits && { readUnitsPerSecond: given.readUnits }),
    onFinding: (finding) => {
      found.push(finding);
      progress(`${finding.code}  ${finding.key.pk}  ${finding.key.sk}  ${finding.message}`);
    },
  });
  const unconfirmed = found.filter(({ code }) => code === 'UNCONFIRMED').length;
  const wrong = found.length - unconfirmed;
  const line = `${items} items, ${wrong} wrong, ${unconfirmed} unconfirmed`;
  return {
    data: { items, wrong, unconfirmed, findings: found },
    lines: [unconfirmed > 0 ? `${line}: what is written too often to be sure of; run the check again` : line],
    failed: found.length > 0,
  };
}
