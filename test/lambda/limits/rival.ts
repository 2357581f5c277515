/** A process of its own for the parallel tests: for each task that comes in on a line, it does all of it at once and says what passed. */
import { createInterface } from 'node:readline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbRateLimit, type Reservation } from '../../../lambda/limits/index.ts';
import { awsConfig } from '../../support/tables.ts';

export interface Task {
  readonly endpoint: string;
  readonly tableName: string;
  readonly key: string;
  readonly max: number;
  readonly window: number;
  readonly tries: number;
  /** Of the attempts that pass these are given back, in parallel with the others. @default 0 */
  readonly giveBack?: number;
  /** Milliseconds since the epoch; the tries are spread over them evenly. */
  readonly times: readonly number[];
  readonly reserve: boolean;
}

/** For each of the times, how many passed, less those given back. */
export type Passed = readonly number[];

async function run(task: Task): Promise<Passed> {
  const client = new DynamoDBClient({ ...awsConfig(task.endpoint), maxAttempts: 1 });
  let leftToGiveBack = task.giveBack ?? 0;
  const passed = task.times.map(() => 0);
  const attempts = Array.from({ length: task.tries }, async (_, attempt) => {
    const at = attempt % task.times.length;
    const limit = dynamodbRateLimit({ client, tableName: task.tableName, now: () => new Date(task.times[at]!) });
    const decision = await (task.reserve ? limit.reserve : limit.consume)(task.key, task);
    if (!decision.allowed) return;
    if (leftToGiveBack > 0) {
      leftToGiveBack -= 1;
      await (decision as Reservation).giveBack();
    } else passed[at]! += 1;
  });
  await Promise.all(attempts);
  client.destroy();
  return passed;
}

console.log('ready');
for await (const line of createInterface(process.stdin)) {
  console.log(JSON.stringify(await run(JSON.parse(line) as Task)));
}
