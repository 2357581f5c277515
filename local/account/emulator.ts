import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { region } from '../aws/protocol.ts';
import { compileChild, removeScratchFolder, scratchFolder } from '../compile.ts';
import { LocalError } from '../errors.ts';
import { ServerNotStarted, startTetheredServer, type TetheredServer } from '../tethered-server.ts';
import { emulatorCommand, emulatorVersion } from './emulator-command.ts';

export interface Emulator {
  readonly endpoint: string;
  readonly port: number;
  readonly version: string;
  /** For this run's files; removed by `stop`. */
  readonly folder: string;
  /** For processes that call AWS: the emulator's address, and a home without credentials. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** Where to look for the emulator. @default - this process's environment */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** A folder that gets the API calls of the functions and of the CDK CLI; see record-calls.ts. @default - they are not recorded */
  readonly callsFolder?: string;
}

/** The first start through uvx or Docker fetches what it runs. */
const startTimeout = { ministack: 60_000, uvx: 300_000, docker: 300_000 } as const;

/**
 * Starts an empty AWS account: MiniStack on a free port of the loopback, for as long as this process lives.
 *
 * @throws LocalError EMULATOR_MISSING with the commands that install it; EMULATOR_FAILED when it does not start.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { environment = process.env, callsFolder } = options;
  const found = emulatorCommand(environment);
  const folder = scratchFolder();
  for (const name of ['home', 'tmp']) mkdirSync(join(folder, name));
  // The emulator's own scripts are CommonJS files in its temporary folder: a stray package.json above it could say otherwise.
  writeFileSync(join(folder, 'tmp', 'package.json'), '{"type":"commonjs"}\n');
  const recorder = callsFolder && pathToFileURL(compileChild('account/record-calls', folder)).href;
  const nodeOptions = recorder ? [`--import=${recorder}`] : [];
  const recording: Record<string, string> = callsFolder ? { GATEHOUSE_CALLS_FOLDER: callsFolder } : {};
  try {
    const server = await startTetheredServer({
      command: (port) => found.command(settings(port, found.onThisMachine ? nodeOptions : [])),
      environment: (port) => ({
        ...inherited(environment),
        ...recording,
        ...settings(port, nodeOptions),
        TMPDIR: join(folder, 'tmp'),
      }),
      readyPath: '/_ministack/health',
      startTimeout: startTimeout[found.name],
    });
    const version = await versionOf(server);
    if (version !== emulatorVersion)
      console.warn(`MiniStack ${version} runs; the version that is known to work is ${emulatorVersion}`);
    return {
      endpoint: server.endpoint,
      port: server.port,
      version,
      folder,
      environment: {
        ...inherited(environment),
        ...recording,
        ...clientEnvironment(server.endpoint, join(folder, 'home')),
        NODE_OPTIONS: nodeOptions.join(' '),
      },
      async stop() {
        await server.stop();
        const [program, ...args] = found.remove?.(server.port) ?? [];
        if (program) spawnSync(program, args, { stdio: 'ignore' });
        removeScratchFolder(folder);
      },
    };
  } catch (error) {
    removeScratchFolder(folder);
    if (!(error instanceof ServerNotStarted)) throw error;
    throw new LocalError('EMULATOR_FAILED', `${found.name} did not start: ${error.message}`);
  }
}

/** MiniStack's settings. Its Lambda workers inherit them, so that they are the functions' too. */
const settings = (port: number, nodeOptions: readonly string[]): Record<string, string> => ({
  GATEWAY_PORT: String(port),
  BIND_HOST: '127.0.0.1',
  // A listener of its IoT on a port that cannot be chosen.
  IOT_MTLS_ENABLED: '0',
  // Its workers try `require` before `import`; with require(esm) that fails on a module with a top-level await.
  NODE_OPTIONS: ['--no-experimental-require-module', ...nodeOptions].join(' '),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

/** Never the developer's AWS profile, nor what changes how Node runs. */
function inherited(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const allowed =
    /^(PATH|HOME|USER|LANG|SYSTEMROOT|DOCKER_HOST|DOCKER_CONFIG|SSL_CERT_FILE)$|^(UV|XDG)_|^(HTTPS?|NO)_PROXY$/i;
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value && allowed.test(name) ? [[name, value]] : [])),
  );
}

/** A home of its own, because the CDK CLI keeps there which account a key belongs to. */
const clientEnvironment = (endpoint: string, home: string): Record<string, string> => ({
  HOME: home,
  // An address, not a name: the SDK then addresses buckets by path, and no name has to resolve.
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
});

async function versionOf({ endpoint }: TetheredServer): Promise<string> {
  const health = (await (await fetch(`${endpoint}/_ministack/health`)).json()) as { version?: string };
  return health.version ?? 'unknown';
}
