import { watch } from 'node:fs';
import { join } from 'node:path';

export interface Watcher {
  stop(): void;
}

/** Editors write a file in several steps: changes within this time, in milliseconds, are one. */
const settleTime = 80;

export interface Watched {
  /** With all that is below them; TypeScript alone counts. */
  readonly folders: readonly string[];
  /** Of the root itself. @default - none */
  readonly files?: readonly string[];
}

/** @param onChange called with the changed paths, relative to `root`; not again before it is done. */
export function watchSources(
  root: string,
  { folders, files = [] }: Watched,
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

  const note = (path: string) => {
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => void run(), settleTime);
  };
  const watchers = folders.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_, file) => {
      if (file?.endsWith('.ts')) note(join(folder, file));
    }),
  );
  // The folder and not the file, which editors replace by another of the same name.
  if (files.length > 0) {
    watchers.push(
      watch(root, (_, file) => {
        if (file && files.includes(file)) note(file);
      }),
    );
  }
  return {
    stop() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
