/** `npm run test:dynamodb-local`: the tests of the identity store on AWS's own DynamoDB Local, in its own folder's packages. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { install } from './install.ts';
import { startDynamoDbLocal } from './start.ts';

/** What decides whether an operation may be trusted: conditions, transactions, races, and the check of the whole store. */
const files = [
  'test/lambda/identity/conformance/',
  'test/lambda/identity/(races|processes|check-store|conditions|transactions|orphans|queries).test.ts',
];

if (spawnSync('java', ['-version']).status !== 0) {
  console.error(
    'test:dynamodb-local runs AWS DynamoDB Local, which needs Java: apt-get install -y openjdk-17-jre-headless',
  );
  process.exit(1);
}
install();
const dynamodb = await startDynamoDbLocal();
try {
  const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');
  const flags = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning'];
  const given = process.argv.slice(2);
  // One file at a time: all of them make the same table.
  const args = [...flags, jest, '--runInBand', ...(given.length > 0 ? given : files)];
  const env = { ...process.env, DYNAMODB_ENDPOINT: dynamodb.endpoint };
  const child = spawn(process.execPath, args, { stdio: 'inherit', env });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
} finally {
  await dynamodb.stop();
}
