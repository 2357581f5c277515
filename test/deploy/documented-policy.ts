import { existsSync, readFileSync } from 'node:fs';
import { account, region } from '../../local/aws/protocol.ts';
import type { Policy } from './evaluate.ts';

/**
 * A policy of docs/policies, for the emulated account: there they name the account 111122223333 and the Region eu-west-1.
 *
 * @returns undefined where there is no such file.
 */
export function documentedPolicy(name: string): Policy | undefined {
  const file = new URL(`../../docs/policies/${name}.json`, import.meta.url);
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8').replaceAll('111122223333', account).replaceAll('eu-west-1', region));
}
