export { type DynamodbAdapterOptions, dynamodbAdapter } from './adapter.ts';
export { type CheckStoreInput, checkStore, type StoreCheck } from './check-store.ts';
export { IdentityStoreError, type IdentityStoreErrorCode } from './errors.ts';
export type { StoreFinding, StoreFindingCode } from './finding.ts';
export { identityTable } from './table.ts';
