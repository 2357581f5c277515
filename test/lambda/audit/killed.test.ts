import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { localCredentials } from '../../../local/function-environment.ts';
import { adapterOn } from '../../support/accounts.ts';
import { auditEvents } from '../../support/capture-logs.ts';
import { cheapCost } from '../../support/cheap-passwords.ts';
import { proxyEvent } from '../../support/event.ts';
import { equal } from '../../support/identity.ts';
import { origin, password, type Stack, startStack } from '../../support/stack.ts';

let stack: Stack;
let store: Server;
/** Called when the store has answered a transaction, before the function knows. */
let onCommit = () => {};
beforeAll(async () => {
  stack = await startStack();
  store = createServer(async (incoming, response) => {
    const forwarded = request(stack.dynamodbEndpoint, { method: incoming.method, headers: incoming.headers });
    forwarded.end(Buffer.concat(await incoming.toArray()));
    const [answer] = await once(forwarded, 'response');
    const body = Buffer.concat(await answer.toArray());
    if (String(incoming.headers['x-amz-target']).endsWith('.TransactWriteItems')) onCommit();
    response.writeHead(answer.statusCode, answer.headers).end(body);
  });
  await once(store.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  await new Promise((done) => {
    store.close(done);
    store.closeAllConnections();
  });
  await stack.stop();
});

/** A container of the function in a process of its own. */
async function startContainer(): Promise<{ child: ChildProcess; output: () => string; ended: Promise<unknown> }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('../../support/container.ts', import.meta.url))],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        ...process.env,
        ...stack.variables,
        GATEHOUSE_STAGE: 'dev',
        TEST_PASSWORDS: JSON.stringify({ cost: cheapCost }),
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
        AWS_ENDPOINT_URL: stack.awsEndpoint,
        AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(store.address() as AddressInfo).port}`,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
    },
  );
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
  // Its output may arrive after its end.
  const ended = once(child, 'close');
  await once(child, 'message');
  return { child, output: () => output, ended };
}

const signUp = (email: string) =>
  proxyEvent({
    method: 'POST',
    path: '/api/auth/sign-up/email',
    headers: { Origin: origin },
    body: { name: 'Ada', email, password },
  });

const isStored = async (email: string) =>
  (await adapterOn(stack).findOne({ model: 'user', where: [equal('email', email)] })) !== null;

test('whatever was answered is on record, though the process is killed with the answer', async () => {
  const { child, output, ended } = await startContainer();
  child.once('message', () => child.kill('SIGKILL'));
  child.send([signUp('answered@example.com')]);
  await ended;
  expect(child.signalCode).toBe('SIGKILL');
  expect(await isStored('answered@example.com')).toBe(true);
  expect(auditEvents(output())).toMatchObject([{ event: 'sign_up' }]);
});

test('what is killed before it answers can have been stored without an event, and is never answered', async () => {
  const { child, output, ended } = await startContainer();
  let answered = false;
  child.once('message', () => (answered = true));
  onCommit = () => child.kill('SIGKILL');
  child.send([signUp('unanswered@example.com')]);
  await ended;
  expect(await isStored('unanswered@example.com')).toBe(true);
  expect(auditEvents(output())).toEqual([]);
  expect(answered).toBe(false);
});
