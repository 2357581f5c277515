/**
 * `npm run lock:platforms`, after a change of dependencies: adds to package-lock.json the optional packages for other platforms
 * that the registry at hand does not carry (mirrors often lack some). npm leaves those out when it writes the lock file, and
 * `npm ci` then refuses it. Entries made here have no integrity: npm takes what the installing machine's registry says.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> };

const added: string[] = [];
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    // Only what names a platform and an exact version: other optional dependencies have constraints that a name does not tell.
    const platform = /-(darwin|win32|linux|android|freebsd|openharmony)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(name);
    if (lock.packages[path] || !platform || !/^\d/.test(version)) continue;
    const [, os = '', cpu = '', abi = ''] = platform;
    const libc =
      os === 'linux' && abi.startsWith('musl') ? 'musl' : os === 'linux' && abi.startsWith('gnu') ? 'glibc' : '';
    lock.packages[path] = {
      version,
      cpu: [cpu],
      ...(dev && { dev }),
      ...(libc && { libc: [libc] }),
      optional: true,
      os: [os],
    };
    added.push(`${name}@${version}`);
  }
}
const root = lock.packages[''];
const sorted = Object.entries(lock.packages).filter(([path]) => path);
sorted.sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = { '': root!, ...Object.fromEntries(sorted) };
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length > 0 ? `added ${added.join(', ')}` : 'nothing to add');
