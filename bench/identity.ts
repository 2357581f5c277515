/** `npm run bench:identity`: the identity store beside Better Auth's memory adapter, with few users and with many. */
process.env.NODE_ENV = 'production';
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';
Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });

const { memoryAdapter } = await import('better-auth/adapters/memory');
const { dynamodbAdapter } = await import('../lambda/identity/index.ts');
const { newUser } = await import('../test/support/identity.ts');
const { startStack } = await import('../test/support/stack.ts');
const { flowsOn } = await import('./identity/flows.ts');
const { sessionReader } = await import('./identity/handler.ts');
const { emptyMemory } = await import('./identity/memory.ts');
const { interleaved, median, spread } = await import('./measure.ts');
const { judge, table } = await import('./report.ts');

const rounds = 7;
const requests = 80;
/** Requests under way at a time. */
const parallel = 20;
const many = 10_000;

/** Milliseconds after which a measurement ends, however few operations were done. */
const longest = 1_000;

/** @returns operations a second. */
const throughput = (operation: () => Promise<unknown>) => async () => {
  let started = 0;
  const start = performance.now();
  const worker = async () => {
    while (started < requests && performance.now() - start < longest) {
      started++;
      await operation();
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return (started * 1_000) / (performance.now() - start);
};

/** Round by round, because a stall of the machine lasts longer than one measurement and shorter than the run. */
const ratioOf = (ours: readonly number[], theirs: readonly number[]) =>
  median(ours.map((rate, round) => rate / theirs[round]!));

const stack = await startStack();
try {
  const dynamodb = await sessionReader(stack, 'dynamodb');
  const memory = await sessionReader(stack, 'memory');
  const store = emptyMemory();
  const ours = await flowsOn(dynamodbAdapter({ client: dynamodb.client, tableName: 'identity' }));
  const theirs = await flowsOn(memoryAdapter(store));

  const rows: string[][] = [];
  const shares = { memory: Number.NaN, memoryAndRequest: Number.NaN };
  async function compare(name: string, users: number, one: () => Promise<unknown>, other: () => Promise<unknown>) {
    const counted = await dynamodb.trips.during(one);
    const rates = await interleaved(rounds, { dynamodb: throughput(one), memory: throughput(other) });
    const ratio = ratioOf(rates.dynamodb, rates.memory);
    console.log(`${name}, ${users} users: ${ratio.toFixed(2)}`);
    rows.push([
      name,
      users.toLocaleString('en'),
      `${counted.total} (${counted.chain})`,
      spread(rates.dynamodb, 0),
      spread(rates.memory, 0),
      ratio.toFixed(2),
    ]);
    return ratio;
  }

  for (const users of [1, many]) {
    if (users > 1) await fill(users);
    for (const name of Object.keys(ours) as (keyof typeof ours)[]) await compare(name, users, ours[name], theirs[name]);
    const reads = async () => {
      await memory.read();
      await dynamodb.bareRead();
    };
    const ofMemory = await compare('get-session, whole handler', users, dynamodb.read, memory.read);
    const ofBoth = await compare('the same, beside memory and one bare request', users, dynamodb.read, reads);
    if (users === 1) shares.memoryAndRequest = ofBoth;
    else shares.memory = ofMemory;
  }

  /** Many a transaction, since one by one it takes longer than the bench. */
  async function fill(users: number): Promise<void> {
    const size = 40;
    for (let made = 0; made < users; made += size) {
      const people = Array.from({ length: size }, () => newUser());
      for (const each of [store, memory.store])
        each?.user?.push(...people.map((data, i) => ({ ...data, id: `bench-${made + i}` })));
      await dynamodb.adapter.transaction((trx) =>
        Promise.all(people.map((data) => trx.create({ model: 'user', data }))),
      );
    }
  }

  console.log(
    `\n${rounds} rounds of up to ${requests} operations, ${parallel} at a time, interleaved; at most ${longest} ms each`,
  );
  const head = ['flow', 'users', 'requests (chain)', 'DynamoDB a second', 'memory a second', 'ratio'];
  console.log(table(head, rows));
  judge([
    { name: "get-session of many users' memory adapter", measured: shares.memory, must: 'at least', limit: 0.7 },
    // With one user the memory adapter does nothing, and the AWS SDK's own work would be all that is measured.
    {
      name: "get-session of one user's, with one bare request",
      measured: shares.memoryAndRequest,
      must: 'at least',
      limit: 0.6,
    },
  ]);
} finally {
  await stack.stop();
}
