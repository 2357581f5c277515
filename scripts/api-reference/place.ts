import { basename } from 'node:path';
import type { Reflection } from './reflection.ts';

/** A page of the reference: what one import gives, and of the constructs what belongs to one of them. */
export interface Place {
  /** Of the file, without `.md`. */
  readonly page: string;
  /** What an app imports from. */
  readonly from: string;
}

/** Entry points as TypeDoc names them, beside that of the constructs. */
const entries: Readonly<Record<string, string>> = {
  'lambda/identity': 'identity',
  'lambda/limits': 'limits',
  'lambda/auth/auth-options': 'auth-options',
  verify: 'verify',
  client: 'client',
};

/** Files without a page of their own, by the page that theirs are on. */
const shared: Readonly<Record<string, readonly string[]>> = {
  alarms: ['alarm-defaults'],
  'auth-api': ['custom-domain'],
  'auth-function': ['function-network', 'metrics', 'node-function'],
  config: ['stage-config'],
  'edge-distribution': ['edge-settings'],
  'gatehouse-checks': ['rules'],
  gatehouse: ['gatehouse-props', 'gatehouse-front', 'client-address', 'environment'],
  'signing-keys': ['signing', 'signing-key-config', 'signing-key-lock', 'signing-key-rotation', 'key-publisher'],
};

export function placeOf(entry: string, reflection: Reflection): Place {
  const own = entries[entry];
  if (own) return { page: own, from: `cdk-gatehouse/${own}` };
  const file = reflection.sources![0]!.fileName;
  const [, folder] = /^lib\/([^/]+)\//.exec(file) ?? [];
  const name = folder ?? basename(file, '.ts');
  const [page = name] = Object.entries(shared).find(([, names]) => names.includes(name)) ?? [];
  return { page, from: 'cdk-gatehouse' };
}
