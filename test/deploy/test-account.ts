import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { type EmulatorApi, emulatorApi } from '../../local/account/api.ts';
import { type ApiCall, readCalls } from '../../local/account/calls.ts';
import { type Deployment, deploy, destroy } from '../../local/account/deployment.ts';
import { type Emulator, startEmulator } from '../../local/account/emulator.ts';
import type { FlowTarget } from '../e2e/flow-target.ts';
import { accountTarget } from './account-target.ts';
import { type Change, changedApp } from './change.ts';
import { documentedBootstrap } from './documented-bootstrap.ts';
import { encryptionKeys } from './implied-requests.ts';
import { refusedCalls } from './refused-calls.ts';
import { type StackResource, stackResources } from './stack-resources.ts';

/** A bootstrapped account, and what was deployed last. */
export interface TestAccount {
  readonly emulator: Emulator;
  readonly api: EmulatorApi;
  readonly stack: string;
  readonly deployment: Deployment;
  readonly target: FlowTarget;
  /** Without a change: the stage of stage.ts. Throws CDK_FAILED; `deployment` and `target` then stay what they were. */
  deploy(change?: Change): Promise<void>;
  destroy(): Promise<void>;
  resources(): Promise<StackResource[]>;
  /** The keys of all rows of the identity table. */
  rows(): Promise<string[]>;
  callsOfDeployments(): ApiCall[];
  callsOfFunctions(): ApiCall[];
  /** Of the calls since the last time: what AWS would have refused. A later deployment may take back what an earlier one granted. */
  refusedCalls(): Promise<string[]>;
  stop(): Promise<void>;
}

const stack = 'Gatehouse-dev';

export async function testAccount(): Promise<TestAccount> {
  const callsFolder = mkdtempSync(join(tmpdir(), 'gatehouse-calls-'));
  const emulator = await startEmulator({ callsFolder });
  const api = emulatorApi(emulator.endpoint);
  const stop = async () => {
    await emulator.stop();
    rmSync(callsFolder, { recursive: true });
  };
  try {
    await documentedBootstrap(emulator, api);
  } catch (error) {
    await stop();
    throw error;
  }
  const bootstrapped = Date.now();
  let checked = 0;
  let deployed: { deployment: Deployment; target: FlowTarget };
  const resources = () => stackResources(api, stack);
  const callsSince = (time: number) => readCalls(callsFolder).filter(({ at }) => at > time);

  return {
    emulator,
    api,
    stack,
    get deployment() {
      return deployed.deployment;
    },
    get target() {
      return deployed.target;
    },
    async deploy(change) {
      const deployment = await deploy(emulator, { stack, app: changedApp(emulator.folder, change) });
      deployed = { deployment, target: await accountTarget(emulator, stack, deployment.outputs.BaseUrl!) };
    },
    destroy: () => destroy(emulator, { stack, app: changedApp(emulator.folder) }),
    resources,
    async rows() {
      const { client, name } = deployed.target.identityTable!;
      const { Items = [] } = await client.send(new ScanCommand({ TableName: name, ConsistentRead: true }));
      return Items.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).sort();
    },
    callsOfDeployments: () => callsSince(bootstrapped).filter(({ functionName }) => !functionName),
    callsOfFunctions: () => callsSince(0).filter(({ functionName }) => functionName),
    async refusedCalls() {
      const calls = callsSince(checked);
      checked = Date.now();
      return refusedCalls(api, calls, encryptionKeys(deployed.deployment, await resources()));
    },
    stop,
  };
}
