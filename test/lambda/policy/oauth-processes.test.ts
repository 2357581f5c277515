import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Containers, startContainers } from '../../support/containers.ts';
import { proxyEvent } from '../../support/event.ts';
import { consented, home, location, type Providers, person, startProviders } from '../../support/social.ts';
import { type Answer, type Browser, baseUrl, type Stack, startStack } from '../../support/stack.ts';

const processes = 3;
const each = 3;
const rounds = 5;
let stack: Stack;
let providers: Providers;
let container: Browser;
let containers: Containers;
beforeAll(async () => {
  stack = await startStack();
  providers = await startProviders(stack);
  container = await stack.start({ variables: providers.variables, options: providers.options() });
  const more = { ...providers.variables, TEST_PROVIDERS: JSON.stringify(providers.addresses) };
  containers = await startContainers(stack, processes, more);
}, 120_000);
afterAll(async () => {
  await containers.stop();
  await providers.stop();
  await stack.stop();
});

const callbackEvent = (browser: Browser, { pathname, searchParams }: URL) =>
  proxyEvent({
    path: pathname.slice(new URL(baseUrl).pathname.length),
    query: Object.fromEntries([...searchParams].map(([name, value]) => [name, [value]])),
    headers: { Cookie: [...browser.jar].map((pair) => pair.join('=')).join('; ') },
    sourceIp: browser.sourceIp,
  });

async function rows(model: string) {
  const { Items = [] } = await stack.clients.dynamodb.send(new ScanCommand({ TableName: 'identity' }));
  return Items.map((item) => unmarshall(item)).filter(({ sk }) => String(sk).split('#')[0] === model);
}

test('however many sign-ins of a person come back at once, one user and one account are made', async () => {
  for (let round = 0; round < rounds; round++) {
    const somebody = person(`raced-${round}`);
    const ways = await Promise.all(
      Array.from({ length: processes * each }, async () => {
        const browser = container.another();
        const { callback } = await consented(browser, providers.acme, somebody);
        return callbackEvent(browser, callback);
      }),
    );
    const answers = await containers.race((which) => ways.slice(which * each, (which + 1) * each));
    expect(answers.flat().filter((answer: Answer) => location(answer) === home).length).toBeGreaterThanOrEqual(1);
    for (const { status } of answers.flat()) expect([302, 409]).toContain(status);
    const users = (await rows('user')).filter(({ email }) => email === somebody.email);
    const accounts = (await rows('account')).filter(({ accountId }) => accountId === somebody.sub);
    expect(users).toHaveLength(1);
    expect(accounts).toMatchObject([{ providerId: 'acme', userId: users[0]!.id }]);
    const sessions = (await rows('session')).map(({ userId }) => userId);
    expect(sessions.filter((userId) => userId === users[0]!.id).length).toBeGreaterThanOrEqual(1);
  }
});

test('one state is had by one process', async () => {
  const browser = container.another();
  const { callback } = await consented(browser, providers.acme, person('one-state'));
  const before = providers.acme.issued.length;
  const event = callbackEvent(browser, callback);
  const answers = await containers.race(() => Array.from({ length: each }, () => event));
  expect(answers.flat().filter((answer) => location(answer) === home)).toHaveLength(1);
  expect(providers.acme.issued).toHaveLength(before + 1);
});
