import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { useKeyThrough } from './encryption-key.ts';

export interface TableAccess {
  /** Actions on the table itself. */
  readonly actions: string[];
  /** Names of the indexes that may be queried. */
  readonly queriedIndexes?: string[];
}

/** Allows exactly the named actions; the grants of aws-cdk-lib name all indexes, and key actions by wildcard. */
export function grantTable(table: ITable, { grantPrincipal }: IGrantable, access: TableAccess): void {
  const indexes = access.queriedIndexes?.map((name) => `${table.tableArn}/index/${name}`) ?? [];
  grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: access.actions, resources: [table.tableArn] }));
  if (indexes.length > 0) {
    grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['dynamodb:Query'], resources: indexes }));
  }
  if (table.encryptionKey) {
    grantPrincipal.addToPrincipalPolicy(
      useKeyThrough(
        'dynamodb',
        table.encryptionKey,
        'Decrypt',
        'DescribeKey',
        'Encrypt',
        'GenerateDataKey',
        'ReEncryptFrom',
        'ReEncryptTo',
      ),
    );
  }
}
