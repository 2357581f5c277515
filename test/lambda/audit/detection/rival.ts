/**
 * A process of its own for the races. For each line, the name of a round, it reports the same occurrences as the others do, several times
 * at once, and prints how often it was told to tell somebody.
 */
import { createInterface } from 'node:readline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { detectionTable } from '../../../../lambda/audit/detection/detection-table.ts';
import { endedSessions } from '../../../../lambda/audit/detection/ended-sessions.ts';
import { places } from '../../../../lambda/audit/detection/places.ts';
import { toldFailures } from '../../../../lambda/audit/detection/told-failures.ts';
import { keyedHash } from '../../../../lambda/limits/lockout/derived-key.ts';
import { awsConfig } from '../../../support/tables.ts';
import { at, day, elsewhere, type Told, tries } from './races.ts';

const client = new DynamoDBClient(awsConfig(process.argv[2] ?? ''));
const table = detectionTable(client, 'limits');
const hash = keyedHash('a secret of the test', 'detection');
const known = places(table, hash, 30 * day);
const ended = endedSessions(table, hash, 30 * day);
const told = toldFailures(table, hash, 900);

const count = async (work: () => Promise<unknown>): Promise<number> =>
  (await Promise.all(Array.from({ length: tries }, work))).filter(Boolean).length;

process.stdout.write('ready\n');
for await (const round of createInterface({ input: process.stdin })) {
  const [place, session, failures] = await Promise.all([
    count(() => known.note(round, elsewhere, at)),
    count(() => ended.use(round, elsewhere, at)),
    count(() => told(round, at)),
  ]);
  process.stdout.write(`${JSON.stringify({ place, session, failures } satisfies Told)}\n`);
}
client.destroy();
