import { spawnSync } from 'node:child_process';
import { LocalError } from '../errors.ts';
import { onPath } from '../on-path.ts';

/** The version that the tests ran with; requirements.txt names the same one. */
export const emulatorVersion = '1.5.33';

export interface EmulatorCommand {
  /** How it is run, for a person. */
  readonly name: 'ministack' | 'uvx' | 'docker';
  /** The program and its arguments; `variables` are for the emulator. */
  readonly command: (variables: Readonly<Record<string, string>>) => readonly [string, ...string[]];
  /** Whether functions run as processes of this machine, so that files of this machine are theirs to read. */
  readonly onThisMachine: boolean;
  /** A command for after its end, which removes what its own program may leave when it is killed. @default - it leaves nothing */
  readonly remove?: (port: number) => readonly [string, ...string[]];
}

/**
 * How to run MiniStack here: `ministack` on the PATH, else through uvx, else its Docker image.
 *
 * @throws LocalError EMULATOR_MISSING with a command for each.
 */
export function emulatorCommand(environment: Readonly<Record<string, string | undefined>>): EmulatorCommand {
  const ministack = onPath('ministack', environment.PATH);
  if (ministack) return { name: 'ministack', command: () => [ministack], onThisMachine: true };
  const uvx = onPath('uvx', environment.PATH);
  if (uvx) {
    const args = ['--from', `ministack==${emulatorVersion}`, '--with', 'cryptography', 'ministack'];
    return { name: 'uvx', command: () => [uvx, ...args], onThisMachine: true };
  }
  const docker = onPath('docker', environment.PATH);
  if (docker && spawnSync(docker, ['info'], { stdio: 'ignore', timeout: 10_000 }).status === 0) {
    return {
      name: 'docker',
      command: (variables) => inDocker(docker, variables),
      onThisMachine: false,
      remove: (port) => [docker, 'rm', '--force', containerName(port)],
    };
  }
  throw new LocalError(
    'EMULATOR_MISSING',
    `no emulated AWS account: run 'pip install ministack==${emulatorVersion} cryptography' in a virtual environment that is on ` +
      "the PATH, or install uv ('pip install uv'), which fetches it at each run, " +
      `or start Docker and run 'docker pull ministackorg/ministack:${emulatorVersion}'`,
  );
}

const containerName = (port: number | string) => `gatehouse-account-${port}`;

/** Inside, the port has the same number as outside, because the emulator puts it into the URLs that it hands out. */
function inDocker(docker: string, variables: Readonly<Record<string, string>>): [string, ...string[]] {
  const { GATEWAY_PORT: port } = variables;
  const inside = { ...variables, BIND_HOST: '0.0.0.0' };
  const settings = Object.entries(inside).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const image = `ministackorg/ministack:${emulatorVersion}`;
  const container = ['--rm', '--init', '--name', containerName(port!), '--publish', `127.0.0.1:${port}:${port}`];
  return [docker, 'run', ...container, ...settings, image];
}
