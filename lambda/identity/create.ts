import { insertRow } from './change.ts';
import { mintId } from './keys.ts';
import type { ModelLayout } from './layout.ts';
import { type Row, rowOf } from './row.ts';
import { atomically, type Scope } from './scope.ts';

/** Stands for "no id given" in the data that Better Auth's factory hands over; no caller can mean it as an id. */
export const idToMint = '\u0000mint';

/** @throws IdentityStoreError DUPLICATE when its id or a unique value is taken */
export async function create(scope: Scope, layout: ModelLayout, data: Row): Promise<Row> {
  const minted = !data.id || data.id === idToMint;
  const row = minted ? { ...data, id: mintId(layout.parent && data[layout.parent.field]) } : data;
  const item = await atomically(scope, (unit) => insertRow(unit, layout, row, minted));
  return rowOf(layout, item);
}
