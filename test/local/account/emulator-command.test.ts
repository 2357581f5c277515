import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { emulatorCommand, emulatorVersion } from '../../../local/account/emulator-command.ts';

let folder: string;
const folders: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-emulator-'));
  folders.push(folder);
});
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true });
});

function install(command: string, script = 'exit 0'): void {
  const file = join(folder, command);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const find = () => emulatorCommand({ PATH: folder });

test('ministack on the PATH is taken before all else', () => {
  for (const command of ['docker', 'uvx', 'ministack']) install(command);
  expect(find()).toMatchObject({ name: 'ministack', onThisMachine: true });
  expect(find().command({})).toEqual([join(folder, 'ministack')]);
});

test('uvx fetches the version that the tests ran with', () => {
  for (const command of ['docker', 'uvx']) install(command);
  expect(find().name).toBe('uvx');
  expect(find().command({})).toEqual(expect.arrayContaining([join(folder, 'uvx'), `ministack==${emulatorVersion}`]));
});

test('in Docker the port is the same inside and outside, and open to this machine alone', () => {
  install('docker');
  const { name, command, onThisMachine, remove } = find();
  expect([name, onThisMachine]).toEqual(['docker', false]);
  const args = command({ GATEWAY_PORT: '4321', BIND_HOST: '127.0.0.1' }).join(' ');
  expect(args).toContain('--publish 127.0.0.1:4321:4321 --env GATEWAY_PORT=4321 --env BIND_HOST=0.0.0.0');
  expect(args).toMatch(new RegExp(`ministackorg/ministack:${emulatorVersion}$`));
  const [, containerName] = /--name (\S+)/.exec(args)!;
  expect(remove?.(4321)).toEqual([join(folder, 'docker'), 'rm', '--force', containerName]);
});

test('with none, Docker not running among them, the error has a command for each', () => {
  install('docker', 'exit 1');
  const commands = [
    `pip install ministack==${emulatorVersion}`,
    'pip install uv',
    'docker pull ministackorg/ministack',
  ];
  for (const command of commands) expect(find).toThrow(command);
  expect(find).toThrow(expect.objectContaining({ code: 'EMULATOR_MISSING' }));
});

test('requirements.txt pins the same version', () => {
  const requirements = readFileSync(new URL('../../../local/account/requirements.txt', import.meta.url), 'utf8');
  expect(requirements.split('\n')).toContain(`ministack==${emulatorVersion}`);
});
