/**
 * `npm run bench:limits`: decisions a second, requests a decision and exactness of the limiter, beside one bare UpdateItem,
 * rate-limiter-flexible and Better Auth's database storage, on the same DynamoDB in the same run.
 */
import { randomUUID } from 'node:crypto';
import { identityTable } from '../lambda/identity/index.ts';
import { rateLimitTable } from '../lambda/limits/index.ts';
import { startTables } from '../test/support/tables.ts';
import { type Contender, type ContenderName, contenders, tableNames } from './limits/contenders.ts';
import { install } from './limits/install.ts';
import { interleaved, median, spread } from './measure.ts';
import { judge, table } from './report.ts';

/** Many and short: what else the machine does then falls on all contenders of a round. */
const rounds = 100;
const requests = 50;
/** Requests under way at a time. */
const parallel = 8;
/** For exactness: instances, each of which has so many requests under way at once, and what they may admit together. */
const instances = 4;
const burst = 50;
const limit = { window: 3600, max: 37 };

install();
const { dynamodb, stop } = await startTables(rateLimitTable(tableNames.limits), identityTable(tableNames.identity));
const names = Object.keys(contenders) as ContenderName[];
const start = (name: ContenderName, rule: typeof limit) => contenders[name](dynamodb.endpoint, rule);
const started: Contender[] = [];
try {
  const unlimited = { window: 3600, max: 100_000 };
  const running = {} as Record<ContenderName, Contender>;
  for (const name of names) {
    running[name] = await start(name, unlimited);
    started.push(running[name]);
  }

  /** Operations a second, each under a key of its own. */
  const throughput = (name: ContenderName) => async () => {
    const keys = Array.from({ length: requests }, () => randomUUID());
    const began = performance.now();
    const worker = async () => {
      for (let key = keys.pop(); key; key = keys.pop()) await running[name].decide(key);
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    return (requests * 1_000) / (performance.now() - began);
  };

  // Compiled by the engine before anything counts.
  for (const name of names) for (let n = 0; n < 20; n++) await throughput(name)();
  const before = new Map(names.map((name) => [name, running[name].requests()]));
  const rates = await interleaved(
    rounds,
    Object.fromEntries(names.map((name) => [name, throughput(name)])) as Record<ContenderName, () => Promise<number>>,
  );
  // One round is not counted, but asked.
  const decided = (rounds + 1) * requests;
  const admitted = new Map<ContenderName, number>();
  const whenDenied = new Map<ContenderName, number>();
  for (const name of names) {
    const { passed, each } = await raceFor(name);
    admitted.set(name, passed);
    whenDenied.set(name, each);
  }

  console.log(
    `\n${rounds} rounds of ${requests} decisions, ${parallel} at a time, interleaved, each under a key of its own;`,
  );
  console.log(`then ${instances * burst} at once by ${instances} instances under one key with a limit of ${limit.max}`);
  const head = ['operation', 'a second: median (quartiles)', 'requests each', 'requests each when denied', 'admitted'];
  const rows = names.map((name) => [
    name,
    spread(rates[name], 0),
    ((running[name].requests() - before.get(name)!) / decided).toFixed(2),
    whenDenied.get(name)!.toFixed(2),
    `${admitted.get(name)} of ${limit.max}`,
  ]);
  console.log(table(head, rows));
  // Round by round, because a stall of the machine lasts longer than one measurement and shorter than the run.
  const ratio = (name: ContenderName) =>
    median(rates[name].map((rate, round) => rate / rates['bare UpdateItem'][round]!));
  judge([
    {
      name: 'limiter decisions of bare UpdateItems',
      measured: ratio('limiter decision'),
      must: 'at least',
      limit: 0.9,
    },
    {
      name: 'admitted by limiter decisions, at once',
      measured: admitted.get('limiter decision')!,
      must: 'at most',
      limit: limit.max,
    },
    {
      name: 'admitted by limiter decisions, at once',
      measured: admitted.get('limiter decision')!,
      must: 'at least',
      limit: limit.max,
    },
    {
      name: 'admitted by limiter reservations, at once',
      measured: admitted.get('limiter reservation')!,
      must: 'at most',
      limit: limit.max,
    },
  ]);

  /** All at once; then as many again that are all denied, for what a denial costs. */
  async function raceFor(name: ContenderName): Promise<{ passed: number; each: number }> {
    const key = randomUUID();
    const rivals = await Promise.all(Array.from({ length: instances }, () => start(name, limit)));
    started.push(...rivals);
    const everyone = () =>
      Promise.all(rivals.flatMap((rival) => Array.from({ length: burst }, () => rival.decide(key))));
    const passed = (await everyone()).filter(Boolean).length;
    const sent = rivals.map((rival) => rival.requests());
    await everyone();
    const more = rivals.reduce((sum, rival, at) => sum + rival.requests() - sent[at]!, 0);
    return { passed, each: more / (instances * burst) };
  }
} finally {
  for (const contender of started) contender.stop();
  await stop();
}
