import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../local/processes.ts';
import { auditEvents } from '../support/capture-logs.ts';
import { proxyEvent } from '../support/event.ts';
import { origin, password, signedIn, toAnswer } from '../support/stack.ts';
import type { Container } from './container.ts';
import { type Relay, startRelay } from './relay.ts';
import { type RuntimeStack, startRuntimeStack } from './runtime-stack.ts';

let stack: RuntimeStack;
const relays: Relay[] = [];
beforeAll(async () => {
  stack = await startRuntimeStack();
  relays.push(await startRelay(stack.awsEndpoint), await startRelay(stack.dynamodbEndpoint));
});
afterAll(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await stack.stop();
});

/** The auth function, with its connections to the stand-ins in our hands. */
const start = () => {
  const [aws, dynamodb] = relays.map(({ endpoint }) => endpoint) as [string, string];
  return stack.container('auth', { endpoints: { aws, dynamodb } });
};

const signUp = (email: string) =>
  proxyEvent({
    method: 'POST',
    path: '/api/auth/sign-up/email',
    headers: { Origin: origin },
    body: { name: 'Ada', email, password },
  });

const audited = (container: Container, requestId: string) =>
  auditEvents(container.lines.join('\n')).filter(({ metadata }) => (metadata as { uid: string }).uid === requestId);

describe('frozen at the moment of its answer', () => {
  test('has written the audit event and queued the mail of that answer already', async () => {
    const container = await start();
    const event = signUp('frozen@example.com');
    expect(toAnswer(await container.invokeAndFreeze(event)).status).toBe(200);
    await eventually(() => container.state() === 'T');
    // Nothing can be written any more: what comes was in the pipe before the answer was.
    await eventually(() => audited(container, event.requestContext.requestId).length === 1);
    expect(await stack.mails()).toMatchObject([{ kind: 'verify-email', to: 'frozen@example.com' }]);
    expect(container.state()).toBe('T');

    container.thaw();
    expect(toAnswer(await container.invoke(proxyEvent({ path: '/health' }))).status).toBe(200);
    expect(audited(container, event.requestContext.requestId)).toHaveLength(1);
    expect(await stack.mails()).toEqual([]);
  });

  test('loses nothing when it is frozen after every one of many answers', async () => {
    const container = await start();
    const events = Array.from({ length: 20 }, (_, index) => signUp(`many-${index}@example.com`));
    for (const [index, event] of events.entries()) {
      event.requestContext.identity.sourceIp = `192.0.2.${index}`;
      expect(toAnswer(await container.invokeAndFreeze(event)).status).toBe(200);
      await eventually(() => container.state() === 'T');
      await eventually(() => audited(container, event.requestContext.requestId).length === 1);
      expect((await stack.mails()).map(({ to }) => to)).toEqual([`many-${index}@example.com`]);
      container.thaw();
    }
  });

  test('a handler that answers before its work is done is found out', async () => {
    const folder = stack.written(
      `export const handler = async () => {
        setTimeout(() => console.log('the rest'), 0);
        console.log('the answer');
      };`,
    );
    const container = await stack.container('auth', { folder });
    const has = (text: string) => container.lines.some((line) => line.includes(text));
    await container.invokeAndFreeze({});
    await eventually(() => has('the answer'));
    expect(has('the rest')).toBe(false);
    container.thaw();
    await eventually(() => has('the rest'));
  });
});

describe('thawed', () => {
  test('answers as before after every connection died meanwhile', async () => {
    const container = await start();
    const browser = stack.browser(container);
    await signedIn(stack, browser, 'thawed@example.com');
    expect((await browser.get('/api/auth/token')).status).toBe(200);
    for (let round = 0; round < 5; round++) {
      container.freeze();
      await eventually(() => container.state() === 'T');
      const cut = await Promise.all(relays.map((relay) => relay.cut()));
      expect(Math.min(...cut)).toBeGreaterThan(0);
      container.thaw();
      // A read, a signature in KMS, and a write with its mail: each of the clients has lost its connections.
      expect((await browser.get('/api/auth/token')).status).toBe(200);
      const person = { name: 'Ada', email: `thawed-${round}@example.com`, password };
      expect((await browser.post('/api/auth/sign-up/email', person)).status).toBe(200);
    }
    const addresses = Array.from({ length: 5 }, (_, round) => `thawed-${round}@example.com`);
    expect((await stack.mails()).map(({ to }) => to).sort()).toEqual(addresses);
  });
});
