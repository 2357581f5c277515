import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectAt } from '../e2e/connect-at.ts';
import type { FlowTarget } from '../e2e/flow-target.ts';
import { send } from '../e2e/requests.ts';
import type { Change } from './change.ts';
import { describeWithEmulator } from './needs-emulator.ts';
import { rolledOutChange } from './rolled-out-change.ts';
import { type TestAccount, testAccount } from './test-account.ts';

const keySetDistribution = {
  name: 'keys.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/11111111-1111-4111-8111-111111111111',
};
const jwks = '/.well-known/jwks.json';
const discovery = '/.well-known/openid-configuration';

describeWithEmulator('the key set on an emulated CloudFront', () => {
  let account: TestAccount;
  let edge: FlowTarget;
  beforeAll(async () => {
    account = await testAccount();
    await account.deploy({ settings: { keySetDistribution } });
    const url = `https://${keySetDistribution.name}`;
    const host = account.deployment.outputs.KeySetDistributionName!;
    const reach = connectAt(url, { origin: account.emulator.endpoint, host });
    const fetch: typeof reach = (input, init) => {
      const headers = { ...Object.fromEntries(new Headers(init?.headers)), 'x-forwarded-proto': 'https' };
      return reach(input, { ...init, headers });
    };
    edge = { ...account.target, url, fetch };
  });
  afterAll(() => account?.stop());

  const kids = async (target: FlowTarget) => {
    const { keys } = (await (await send(target, jwks)).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };

  test.each([jwks, discovery])('%s is there as the API has it, for those who read', async (path) => {
    const [ours, theirs] = await Promise.all([send(account.target, path), send(edge, path)]);
    expect([theirs.status, await theirs.text()]).toEqual([200, await ours.text()]);
    for (const name of ['cache-control', 'content-type', 'etag', 'access-control-allow-origin', 'x-frame-options']) {
      expect([name, theirs.headers.get(name)]).toEqual([name, ours.headers.get(name)]);
    }
    const head = await send(edge, path, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, ours.headers.get('etag'), '']);
    expect((await send(edge, path, { method: 'POST' })).status).toBe(403);
  });

  test('discovery keeps the issuer and names the edge; nothing else of the API is there', async () => {
    const document = await (await send(account.target, discovery)).json();
    expect(document).toMatchObject({ issuer: account.target.url, jwks_uri: `${edge.url}${jwks}` });
    expect((await send(edge, '/api/auth/get-session')).status).toBe(404);
  });

  test('a step of the rotation reaches both, and one that fails leaves both as they were', async () => {
    const before = await kids(edge);
    const { authOptions: _, ...rotated } = rolledOutChange.settings!;
    const change: Change = { ...rolledOutChange, settings: { ...rotated, keySetDistribution } };
    await expect(account.deploy({ ...change, fails: true })).rejects.toMatchObject({ code: 'CDK_FAILED' });
    expect([await kids(edge), await kids(account.target)]).toEqual([before, before]);

    await account.deploy(change);
    const after = await kids(edge);
    expect(after.slice(0, 2)).toEqual(before);
    expect(after).toHaveLength(3);
    expect(await kids(account.target)).toEqual(after);
  });
});
