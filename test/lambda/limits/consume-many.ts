/** A process of its own for the parallel test: consumes `tries` times at once and prints how many passed. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbRateLimit } from '../../../lambda/limits/index.ts';
import { awsConfig } from '../../support/tables.ts';

const [endpoint, tableName, key, tries, max, time] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const client = new DynamoDBClient(awsConfig(endpoint));
const limit = dynamodbRateLimit({ client, tableName, now: () => new Date(time) });
const decisions = await Promise.all(
  Array.from({ length: Number(tries) }, () => limit.consume(key, { window: 60, max: Number(max) })),
);
process.stdout.write(String(decisions.filter(({ allowed }) => allowed).length));
