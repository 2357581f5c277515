import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../checks.ts';
import { root } from '../package.ts';
import type { Assembly } from './assembly.ts';
import { embedInPlatform } from './embed-in-platform.ts';
import { firewallOnly } from './firewall-only.ts';
import { fork } from './fork.ts';
import { identityOnly } from './identity-only.ts';
import { resourceApi } from './resource-api.ts';
import { type Format, type PackageManager, Workspace } from './workspace.ts';

export interface ExampleCheck {
  /** Throws what is not as it should be in what the example synthesized. */
  readonly expectations: (assembly: Assembly) => Promise<void> | void;
  /** The module systems that its sources are written for. */
  readonly formats: readonly Format[];
}

const examples: Readonly<Record<string, ExampleCheck>> = {
  'embed-in-platform': embedInPlatform,
  'firewall-only': firewallOnly,
  fork,
  'identity-only': identityOnly,
  'resource-api': resourceApi,
};

/** Installs, compiles, synthesizes and judges every example. */
export async function checkExamples(scratch: string, tarball: string, manager: PackageManager): Promise<void> {
  const folders = readdirSync(join(root, 'examples')).filter((name) =>
    existsSync(join(root, 'examples', name, 'package.json')),
  );
  const workspace = new Workspace(scratch, tarball, manager);
  const installed = await check(`${manager}: every example is installed, and compiles`, async () => {
    const unknown = folders.filter((name) => !examples[name]);
    if (unknown.length > 0) throw new Error(`nothing is expected of ${unknown.join(', ')}`);
    for (const [name, { formats }] of Object.entries(examples)) {
      for (const format of formats) workspace.add(name, format);
    }
    await workspace.install();
    await workspace.compile();
  });
  if (!installed) return;
  for (const [name, { formats, expectations }] of Object.entries(examples)) {
    for (const format of formats) {
      await check(`${manager}, ${format}: ${name}`, async () => {
        await expectations(await workspace.synthesize(name, format));
      });
    }
  }
}
