import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The file that a command's name stands for on a PATH; `undefined` where there is none. */
export function onPath(command: string, path = ''): string | undefined {
  const candidates = path
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => [join(folder, command), join(folder, `${command}.exe`)]);
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
