import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { rateLimitTableKeys } from '../contract/tables.ts';
import { encryptionKey } from './encryption-key.ts';
import { grantTable } from './grant-table.ts';
import { hardenedTable, tableRemovalPolicy } from './hardened-table.ts';

export interface RateLimitTableProps {
  /** Encrypts the table. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
  /** Refuse to delete the table. @default - true */
  readonly deletionProtection?: boolean;
  /** Ceiling on read request units per second. @default - 1000 */
  readonly maxReadRequestUnits?: number;
  /** Ceiling on write request units per second; a decision is one write. @default - 4000 */
  readonly maxWriteRequestUnits?: number;
  /** Days that the table can be restored to any second of, 1 to 35. @default - 35 */
  readonly recoveryDays?: number;
}

/** Counters that expire, and the network lists that operators edit. */
export class RateLimitTable extends Construct {
  readonly table: dynamodb.TableV2;

  constructor(scope: Construct, id: string, props: RateLimitTableProps = {}) {
    super(scope, id);
    const deletionProtection = props.deletionProtection ?? true;
    this.table = new dynamodb.TableV2(this, 'Resource', {
      ...hardenedTable(this, {
        encryptionKey:
          props.encryptionKey ??
          encryptionKey(this, 'Key', 'Gatehouse: rate limits', tableRemovalPolicy(deletionProtection)),
        deletionProtection,
        recoveryDays: props.recoveryDays,
        maxReadRequestUnits: props.maxReadRequestUnits ?? 1000,
        maxWriteRequestUnits: props.maxWriteRequestUnits ?? 4000,
      }),
      partitionKey: { name: rateLimitTableKeys.partitionKey, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: rateLimitTableKeys.timeToLive,
    });
  }

  /** What the auth function needs: one update decides a request, and its answer is the count; the network lists are read. */
  grantReadWrite(grantee: IGrantable): void {
    grantRateLimitTable(this.table, grantee);
  }
}

/** The same for a table that exists already. */
export function grantRateLimitTable(table: dynamodb.ITable, grantee: IGrantable): void {
  grantTable(table, grantee, { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] });
}
