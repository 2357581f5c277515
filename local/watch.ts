import { watch } from 'node:fs';
import { join } from 'node:path';

export interface Watcher {
  stop(): void;
}

/** Editors write a file in several steps: changes within this time, in milliseconds, are one. */
const settleTime = 80;

/** @param onChange called with the changed paths, relative to `root`; not again before it is done. */
export function watchFolders(
  root: string,
  folders: readonly string[],
  onChange: (paths: string[]) => Promise<void>,
): Watcher {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;

  const run = async () => {
    if (busy) return;
    busy = true;
    while (changed.size) {
      const paths = [...changed];
      changed.clear();
      await onChange(paths);
    }
    busy = false;
  };

  const watchers = folders.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_, file) => {
      if (!file?.endsWith('.ts')) return;
      changed.add(join(folder, file));
      clearTimeout(timer);
      timer = setTimeout(() => void run(), settleTime);
    }),
  );
  return {
    stop() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
