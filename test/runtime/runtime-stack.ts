import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../contract/environment.ts';
import { bundleFunction, type FunctionName } from '../../lib/bundle.ts';
import type { LocalEndpoints } from '../../local/function-environment.ts';
import { Browser, startStack } from '../support/stack.ts';
import { type Container, type ContainerOptions, startContainer } from './container.ts';
import { deployedFunction } from './deployed-function.ts';

/** Logical ids in the template, which has no authorizer: that is for other teams' stacks. */
const ids = {
  auth: /AuthFunction/,
  mailer: /Mailer/,
  'key-publisher': /Publisher/,
} satisfies Partial<Record<FunctionName, RegExp>>;

export type RuntimeStack = Awaited<ReturnType<typeof startRuntimeStack>>;

/** The stand-ins, and the functions as they are deployed, each bundled once, in as many containers as a test starts. */
export async function startRuntimeStack() {
  const stack = await startStack();
  const variables = { ...stack.variables, [environment.mailConfigurationSet]: 'gatehouse' };
  const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-runtime-'));
  const folders = new Map<string, string>();
  const containers: Container[] = [];
  const endpoints: LocalEndpoints = { aws: stack.awsEndpoint, dynamodb: stack.dynamodbEndpoint };

  function bundled(name: FunctionName): string {
    const folder = folders.get(name) ?? join(scratch, name);
    if (!folders.has(name)) bundleFunction(name, folder);
    folders.set(name, folder);
    return folder;
  }

  return {
    ...stack,
    endpoints,
    bundled,
    /** A folder with this `index.mjs`. */
    written(code: string): string {
      const folder = mkdtempSync(join(scratch, 'written-'));
      writeFileSync(join(folder, 'index.mjs'), code);
      return folder;
    },
    /** A container of the function; `overrides` replace parts of it. */
    async container(
      name: keyof typeof ids = 'auth',
      overrides: Partial<ContainerOptions> & { variables?: Record<string, string> } = {},
    ): Promise<Container> {
      const deployed = deployedFunction(ids[name], variables);
      const started = await startContainer({
        name,
        folder: overrides.folder ?? bundled(name),
        endpoints,
        ...overrides,
        deployed: { ...deployed, environment: { ...deployed.environment, ...overrides.variables } },
      });
      containers.push(started);
      return started;
    },
    browser: (container: Container) => new Browser((event) => container.invoke(event)),
    async stop() {
      await Promise.all(containers.map((container) => container.stop()));
      rmSync(scratch, { recursive: true, force: true });
      await stack.stop();
    },
  };
}
