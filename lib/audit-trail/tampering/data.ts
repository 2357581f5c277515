import { callPattern, containing, type TamperPattern } from './pattern.ts';

export interface NamedTable {
  readonly tableName: string;
  readonly tableArn: string;
}

/** Its protection, its backups, who may read it, and ways to take a copy of it. */
export function tables(all: readonly NamedTable[]): TamperPattern {
  const arns = all.map(({ tableArn }) => tableArn);
  const either = [...all.map(({ tableName }) => tableName), ...arns];
  return {
    subject: 'a table of users, sessions or limits',
    pattern: callPattern({
      services: ['dynamodb'],
      names: [
        'CreateBackup',
        'DeleteResourcePolicy',
        'DeleteTable',
        'EnableKinesisStreamingDestination',
        'ExportTableToPointInTime',
        'PutResourcePolicy',
        'RestoreTableToPointInTime',
        'UpdateContinuousBackups',
        'UpdateTable',
        'UpdateTimeToLive',
      ],
      parameters: [
        { tableName: either },
        { tableArn: arns },
        { resourceArn: arns },
        { sourceTableName: either },
        { sourceTableArn: arns },
      ],
    }),
  };
}

/** `npm run secrets` is reported too: an operator who did it knows. */
export const secrets = (names: readonly string[]): TamperPattern => ({
  subject: 'a secret',
  pattern: callPattern({
    services: ['secretsmanager'],
    names: [
      'DeleteResourcePolicy',
      'DeleteSecret',
      'PutResourcePolicy',
      'PutSecretValue',
      'ReplicateSecretToRegions',
      'RotateSecret',
      'UpdateSecret',
      'UpdateSecretVersionStage',
    ],
    parameters: [{ secretId: containing(...names) }],
  }),
});
