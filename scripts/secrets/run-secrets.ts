import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { publishingDelay } from '../../lambda/secrets/secret-ring.ts';
import type { SecretVersion } from '../../lambda/secrets/secret-versions.ts';
import { printsHelp } from '../arguments.ts';
import { type Arguments, parseArguments, usage } from './arguments.ts';
import { SecretsError } from './secrets-error.ts';
import { readSecret, rotateSecret } from './stored-secret.ts';

export interface SecretsHost {
  readonly now: Date;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

/** @returns the exit code: 0, 1 for what was refused, 2 for a wrong call */
export async function runSecrets(argv: readonly string[], host: SecretsHost): Promise<number> {
  if (printsHelp(argv, usage, host.print)) return 0;
  let client: SecretsManagerClient | undefined;
  try {
    const given = parseArguments(argv);
    client = createClient(given);
    const versions =
      given.command === 'rotate'
        ? await rotateSecret(client, given.secret, { now: host.now, leaked: given.leaked })
        : (await readSecret(client, given.secret)).versions;
    for (const version of versions) host.print(describe(version));
    return 0;
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    host.printError(`${error.code}: ${error.message}`);
    return error.code === 'USAGE' ? 2 : 1;
  } finally {
    client?.destroy();
  }
}

function describe({ version, created, distrusted }: SecretVersion): string {
  const age =
    created.getTime() === 0 ? 'made with the stack' : `made ${text(created)}, in use from ${text(inUseFrom(created))}`;
  return `version ${version}  ${age}${distrusted ? '  LEAKED: decrypts only' : ''}`;
}

const inUseFrom = (created: Date): Date => new Date(created.getTime() + publishingDelay * 1000);

const text = (date: Date): string => date.toISOString().replace(/\.\d+/, '');

/** A local stand-in takes any credentials, but not none. */
function createClient({ endpoint, region }: Arguments): SecretsManagerClient {
  if (!endpoint) return new SecretsManagerClient({ ...(region && { region }) });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new SecretsManagerClient({ endpoint, region: region ?? 'us-east-1', credentials });
}
