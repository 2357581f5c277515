import { spawnSync } from 'node:child_process';
import { Annotations, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Deployment } from '../contract/deployment.ts';
import type { SettingProblem } from '../contract/settings.ts';
import { optionsCheckFile } from './bundle.ts';
import type { CheckedSettings } from './settings.ts';

/** Milliseconds; an options file that waits for a network does not hold up a synthesis. */
const timeout = 20_000;

const results = new Map<string, readonly SettingProblem[] | Error>();

/**
 * Throws what the function would refuse at init about an options file. The file is evaluated in a process of its own, because it is
 * bundled for the function and may import what only the bundle has. One that cannot be evaluated here, such as a file that needs
 * variables of the function, gets a warning; the function itself still refuses.
 */
export function requireAuthOptions(scope: Construct, authOptions: string | undefined, settings: CheckedSettings): void {
  const file = optionsCheckFile(authOptions);
  if (!file) return;
  const { stage, baseUrl, trustedOrigins = [] } = settings;
  const deployment: Deployment = {
    stage,
    baseUrl: Token.isUnresolved(baseUrl) ? undefined : baseUrl,
    trustedOrigins: trustedOrigins.filter((origin) => !Token.isUnresolved(origin)),
  };
  const input = JSON.stringify(deployment);
  const key = `${file}\0${input}`;
  const result = results.get(key) ?? evaluate(file, input);
  results.set(key, result);
  if (!(result instanceof Error)) {
    if (result.length === 0) return;
    throw new Error(`${authOptions ?? 'lambda/auth/options.ts'}: ${result.map(({ message }) => message).join('; ')}`);
  }
  Annotations.of(scope).addWarningV2(
    'gatehouse:authOptionsNotChecked',
    `authOptions '${authOptions}' cannot be checked at synth, only by the function at init: ${result.message}`,
  );
}

function evaluate(file: string, input: string): SettingProblem[] | Error {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [file], { input, encoding: 'utf8', timeout });
  if (error) return error;
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1)!) as SettingProblem[];
  return new Error(/^\w*Error\b.*$/m.exec(stderr)?.[0] ?? `evaluating it ended with status ${status}`);
}
