import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { identityTableKeys } from '../contract/tables.ts';
import { encryptionKey } from './encryption-key.ts';
import { grantTable } from './grant-table.ts';
import { hardenedTable, tableRemovalPolicy } from './hardened-table.ts';

export interface IdentityTableProps {
  /** Encrypts the table. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
  /** Refuse to delete the table. @default - true */
  readonly deletionProtection?: boolean;
  /** Ceiling on read request units per second, which bounds the bill of an attack. @default - 4000 */
  readonly maxReadRequestUnits?: number;
  /** Ceiling on write request units per second. @default - 1000 */
  readonly maxWriteRequestUnits?: number;
  /** Days that the table can be restored to any second of, 1 to 35. @default - 35 */
  readonly recoveryDays?: number;
}

/** Users, accounts, sessions and verifications. */
export class IdentityTable extends Construct {
  readonly table: dynamodb.TableV2;

  constructor(scope: Construct, id: string, props: IdentityTableProps = {}) {
    super(scope, id);
    const deletionProtection = props.deletionProtection ?? true;
    const { partitionKey, sortKey, timeToLive, directory } = identityTableKeys;
    this.table = new dynamodb.TableV2(this, 'Resource', {
      ...hardenedTable(this, {
        encryptionKey:
          props.encryptionKey ??
          encryptionKey(this, 'Key', 'Gatehouse: users and sessions', tableRemovalPolicy(deletionProtection)),
        deletionProtection,
        recoveryDays: props.recoveryDays,
        maxReadRequestUnits: props.maxReadRequestUnits ?? 4000,
        maxWriteRequestUnits: props.maxWriteRequestUnits ?? 1000,
      }),
      partitionKey: { name: partitionKey, type: dynamodb.AttributeType.STRING },
      sortKey: { name: sortKey, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: timeToLive,
      globalSecondaryIndexes: [
        {
          indexName: directory.indexName,
          partitionKey: { name: directory.partitionKey, type: dynamodb.AttributeType.STRING },
          sortKey: { name: directory.sortKey, type: dynamodb.AttributeType.STRING },
          projectionType: dynamodb.ProjectionType.KEYS_ONLY,
        },
      ],
    });
  }

  /** What the auth function needs: single items, queries and transactions, on the table and its directory. */
  grantReadWrite(grantee: IGrantable): void {
    grantIdentityTable(this.table, grantee);
  }
}

/** The same for a table that exists already. There is no Scan: that no request scans is a fact of IAM, not of review. */
export function grantIdentityTable(table: dynamodb.ITable, grantee: IGrantable): void {
  grantTable(table, grantee, {
    actions: [
      'dynamodb:BatchGetItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    queriedIndexes: [identityTableKeys.directory.indexName],
  });
}
