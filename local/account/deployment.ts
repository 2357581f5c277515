import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { account, region } from '../aws/protocol.ts';
import { runCdk } from './cdk.ts';
import type { Emulator } from './emulator.ts';
import { leaveOut, type Template } from './omissions.ts';

export interface DeploymentOptions {
  readonly stack: string;
  /** The command that synthesizes. */
  readonly app: string;
}

export interface Deployment {
  /** The stack's outputs, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The template as AWS would get it. */
  readonly template: Template;
  /** The logical ids of what the emulator cannot create. */
  readonly left: readonly string[];
}

/** `cdk bootstrap`, once for an emulator; `options` are the command's. */
export async function bootstrap(emulator: Emulator, options: readonly string[] = []): Promise<void> {
  await runCdk(emulator, ['bootstrap', `aws://${account}/${region}`, ...options]);
}

/**
 * `cdk synth`, then `cdk deploy` of what that made: the very assembly that AWS would get, less what omissions.ts names.
 *
 * @throws LocalError CDK_FAILED
 */
export async function deploy(
  emulator: Pick<Emulator, 'environment' | 'folder'>,
  options: DeploymentOptions,
): Promise<Deployment> {
  const { stack, app } = options;
  const assembly = mkdtempSync(join(emulator.folder, 'assembly-'));
  await runCdk(emulator, ['synth', '--quiet', '--output', assembly, '--app', app, stack]);
  const templateFile = join(assembly, `${stack}.template.json`);
  const template = JSON.parse(readFileSync(templateFile, 'utf8')) as Template;
  const { template: possible, left } = leaveOut(template);
  writeFileSync(templateFile, JSON.stringify(possible));
  const outputsFile = join(assembly, 'outputs.json');
  const args = ['--app', assembly, '--require-approval', 'never', '--outputs-file', outputsFile, stack];
  await runCdk(emulator, ['deploy', ...args]);
  const { [stack]: outputs = {} } = JSON.parse(readFileSync(outputsFile, 'utf8'));
  return { outputs, template, left };
}

/** `cdk destroy`. */
export async function destroy(emulator: Emulator, { stack, app }: DeploymentOptions): Promise<void> {
  await runCdk(emulator, ['destroy', '--force', '--app', app, stack]);
}
