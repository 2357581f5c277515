import { createRequire } from 'node:module';
import { LocalError } from './errors.ts';
import { onPath } from './on-path.ts';
import { ServerNotStarted, startTetheredServer } from './tethered-server.ts';

/** The version that the tests ran with; other platforms' packages come in the same versions. */
const version = '1.2.1';

export interface DynamoDbOptions {
  /** The database file. @default - in memory, gone with the process */
  readonly file?: string;
  /** Where to look for what is installed. @default - this process's environment and platform */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly platform?: string;
}

export interface LocalDynamoDb {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts dynoxide, a DynamoDB of one static binary, on a free port of the loopback: the npm package for this platform, else
 * `dynoxide` on the PATH. With neither, DYNAMODB_ENDPOINT names a DynamoDB that runs already.
 *
 * @throws LocalError DYNAMODB_MISSING with the command that installs it; DYNAMODB_FAILED when it does not start.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<LocalDynamoDb> {
  const { environment = process.env, platform = `${process.platform}-${process.arch}` } = options;
  const binary = packagedBinary(platform) ?? onPath('dynoxide', environment.PATH);
  if (binary) return startBinary(binary, options.file);
  const endpoint = environment.DYNAMODB_ENDPOINT;
  if (endpoint) return { endpoint, stop: async () => {} };
  throw new LocalError(
    'DYNAMODB_MISSING',
    `no DynamoDB for ${platform}: run 'npm install --no-save @dynoxide/${platform}@${version}', ` +
      "or put 'dynoxide' on the PATH, or set DYNAMODB_ENDPOINT to a DynamoDB Local that runs",
  );
}

function packagedBinary(platform: string): string | undefined {
  const require = createRequire(import.meta.url);
  for (const name of ['dynoxide', 'dynoxide.exe']) {
    try {
      return require.resolve(`@dynoxide/${platform}/${name}`);
    } catch {
      // Not installed under this name: npm skips packages of other platforms.
    }
  }
  return undefined;
}

async function startBinary(binary: string, file?: string): Promise<LocalDynamoDb> {
  const data = file ? ['--db-path', file] : [];
  try {
    return await startTetheredServer({
      command: (port) => [binary, '--host', '127.0.0.1', '--port', String(port), ...data],
    });
  } catch (error) {
    if (!(error instanceof ServerNotStarted)) throw error;
    throw new LocalError('DYNAMODB_FAILED', `${binary} did not start: ${error.message}`);
  }
}
