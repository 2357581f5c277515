import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFileName } from '../lib/signing-key-lock.ts';
import { type Arguments, readArguments, UsageError, usage } from './arguments.ts';
import { LocalError } from './errors.ts';
import { type LocalStack, startStack } from './stack.ts';
import { untilEnded } from './until-ended.ts';
import { watchSources } from './watch.ts';

/** `npm start`: the whole stack on one machine, until Ctrl-C. */
const root = fileURLToPath(new URL('..', import.meta.url));

function read(): Arguments {
  try {
    return readArguments(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

/** Git ignores the folder. */
function readProviderSecrets() {
  const file = join(root, '.gatehouse/provider-secrets.json');
  return existsSync(file) ? { providerSecrets: readFileSync(file, 'utf8') } : {};
}

async function start(port: number, data: string | undefined): Promise<LocalStack> {
  try {
    return await startStack({ port, ...(data && { data: resolve(data) }), ...readProviderSecrets() });
  } catch (error) {
    console.error(error instanceof LocalError ? `${error.code}: ${error.message}` : error);
    process.exit(1);
  }
}

const banner = (url: string, data: string | undefined) => `
  Auth API    ${url}/api/auth
  JWKS        ${url}/.well-known/jwks.json
  Discovery   ${url}/.well-known/openid-configuration
  Health      ${url}/health
  Mail        ${url}/local/mail
  Audit       ${url}/local/audit
  Data        ${data ? resolve(data) : 'in memory, gone when this ends (--data DIR keeps it)'}

Changes under lambda/ and contract/, and of the signing keys, are taken up at once. Ctrl-C ends everything.

Gatehouse is ready on ${url}`;

// A line for those who deploy the SDK, not for those who read this terminal.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

async function run(port: number, data: string | undefined): Promise<void> {
  // A signal that comes while the parts start waits for them: ending half a stack could leave a process behind.
  const ending = untilEnded();
  const stack = await start(port, data);
  const watcher = watchSources(root, { folders: ['lambda', 'contract'], files: [lockFileName] }, async (paths) => {
    try {
      await stack.restartFunctions();
      console.log(`Reloaded: ${paths.join(', ')}`);
    } catch (error) {
      console.error(`Not reloaded, the old code keeps serving: ${error instanceof Error ? error.message : error}`);
    }
  });
  console.log(banner(stack.url, data));
  await ending;
  watcher.stop();
  await stack.stop();
  process.exit(0);
}

const given = read();
if (given.help) console.log(usage);
else await run(given.port, given.data);
