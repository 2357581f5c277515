import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { run } from '../run.ts';
import type { Assembly, Resource } from './assembly.ts';

/** A function is the package's prebuilt one, byte for byte. */
export function expectPrebuilt(assembly: Assembly, resource: Resource, name: string): void {
  const prebuilt = readFileSync(assembly.packaged(`dist/lambda/${name}/index.mjs`));
  assert.ok(readFileSync(assembly.entryOf(resource)).equals(prebuilt), `${resource.id} is not the prebuilt ${name}`);
}

/** An auth function is bundled with options of its own, which have this text in them, and loads. */
export async function expectBundled(assembly: Assembly, resource: Resource, text: string): Promise<void> {
  const entry = assembly.entryOf(resource);
  assert.ok(readFileSync(entry, 'utf8').includes(text), `${resource.id} has no '${text}' in it`);
  const load = `await import(${JSON.stringify(entry)}).catch((error) => console.log(error.message))`;
  const output = await run(process.execPath, ['--input-type=module', '--eval', load], { cwd: assembly.app });
  // Without an environment it refuses to start, in its own words: so it was evaluated whole.
  assert.match(output, /GATEHOUSE_BASE_URL/);
}
