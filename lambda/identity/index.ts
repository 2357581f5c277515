export { type DynamodbAdapterOptions, dynamodbAdapter } from './adapter.ts';
export { IdentityStoreError, type IdentityStoreErrorCode } from './errors.ts';
export { identityTable } from './table.ts';
