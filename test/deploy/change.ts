import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StageConfig } from '../../lib/config.ts';
import type { SigningKeyLock } from '../../lib/signing-key-lock.ts';

/** How a deployment differs from the stage of stage.ts. */
export interface Change {
  /** Settings that replace those of the stage. @default - none */
  readonly settings?: Partial<StageConfig>;
  /** @default - that of stage.ts */
  readonly lock?: SigningKeyLock;
  /** Whether the last resource of the deployment fails. @default - false */
  readonly fails?: boolean;
}

/** The `--app` for this change. */
export function changedApp(folder: string, change: Change = {}): string {
  const file = join(folder, `change-${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(change));
  return `node_modules/.bin/tsx ${fileURLToPath(new URL('./app.ts', import.meta.url))} ${file}`;
}
