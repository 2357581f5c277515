/** `npm run bench:limits`: what a limiter decision costs beside one bare UpdateItem, on the same table in the same run. */
import { randomUUID } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { rateLimitTableKeys } from '../contract/tables.ts';
import { dynamodbRateLimit, rateLimitTable } from '../lambda/limits/index.ts';
import { startTables } from '../test/support/tables.ts';
import { interleaved, median, spread } from './measure.ts';
import { judge, table } from './report.ts';

/** Many and short: what else the machine does then falls on both contenders of a round. */
const rounds = 150;
const requests = 50;
/** Requests under way at a time. */
const parallel = 8;
const tableName = 'limits';

const { client, stop } = await startTables(rateLimitTable(tableName));
try {
  const rateLimit = dynamodbRateLimit({ client, tableName });
  const operations = {
    // The least by which a limiter could decide: it counts, and says how many there were.
    'bare UpdateItem': (key: string) =>
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { [rateLimitTableKeys.partitionKey]: { S: key } },
          UpdateExpression: 'ADD #count :one',
          ExpressionAttributeNames: { '#count': 'count' },
          ExpressionAttributeValues: { ':one': { N: '1' } },
          ReturnValues: 'UPDATED_NEW',
        }),
      ),
    'limiter decision': (key: string) => rateLimit.consume(key, { window: 60, max: 1_000_000 }),
  };

  /** @returns operations a second, each under a key of its own. */
  const throughput = (operation: (key: string) => Promise<unknown>) => async () => {
    const keys = Array.from({ length: requests }, () => randomUUID());
    const start = performance.now();
    const worker = async () => {
      for (let key = keys.pop(); key; key = keys.pop()) await operation(key);
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    return (requests * 1_000) / (performance.now() - start);
  };

  // Compiled by the engine before anything counts.
  for (const operation of Object.values(operations)) {
    for (let n = 0; n < 20; n++) await throughput(operation)();
  }
  const names = Object.keys(operations) as (keyof typeof operations)[];
  const rates = (await interleaved(
    rounds,
    Object.fromEntries(names.map((name) => [name, throughput(operations[name])])),
  )) as Record<keyof typeof operations, number[]>;
  // Round by round, because a stall of the machine lasts longer than one measurement and shorter than the run.
  const ratio = median(rates['limiter decision'].map((rate, round) => rate / rates['bare UpdateItem'][round]!));

  console.log(`\n${rounds} rounds of ${requests} requests, ${parallel} at a time, interleaved`);
  const rows = names.map((name) => [name, spread(rates[name], 0)]);
  console.log(table(['operation', 'a second: median (quartiles)'], rows));
  judge([{ name: 'limiter decisions of bare UpdateItems', measured: ratio, must: 'at least', limit: 0.9 }]);
} finally {
  await stop();
}
