import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { localCredentials } from '../../local/function-environment.ts';
import { cheapCost } from './cheap-passwords.ts';
import { type Answer, type Stack, toAnswer } from './stack.ts';

const file = fileURLToPath(new URL('container.ts', import.meta.url));

/** Containers of the auth function, each a process of its own. */
export interface Containers {
  /** Every container gets the events that it is to answer at the same moment. */
  race(eventsOf: (container: number) => readonly object[]): Promise<Answer[][]>;
  stop(): Promise<void>;
}

/** @param more environment variables beside those of the stack */
export async function startContainers(stack: Stack, count: number, more: object = {}): Promise<Containers> {
  const children = await Promise.all(Array.from({ length: count }, () => start(stack, more)));
  return {
    race: (eventsOf) =>
      Promise.all(
        children.map(async (child, container) => {
          const [results] = (await messageOf(child, () => child.send([...eventsOf(container)]))) as [
            APIGatewayProxyResult[],
          ];
          return results.map(toAnswer);
        }),
      ),
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          const ended = once(child, 'exit');
          if (child.exitCode !== null) return;
          child.disconnect();
          await ended;
        }),
      );
    },
  };
}

async function start({ variables, dynamodbEndpoint, awsEndpoint }: Stack, more: object): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...variables,
      ...more,
      GATEHOUSE_STAGE: 'dev',
      TEST_PASSWORDS: JSON.stringify({ cost: cheapCost }),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
      AWS_ENDPOINT_URL: awsEndpoint,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  await messageOf(child, () => {});
  return child;
}

/** The next message; a container that ends instead is an error. */
async function messageOf(child: ChildProcess, ask: () => void): Promise<unknown[]> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('a container ended early');
  });
  const message = once(child, 'message');
  ask();
  return Promise.race([message, ended]);
}
