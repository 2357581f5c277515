import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { omissions } from '../../local/account/omissions.ts';
import { flow } from '../e2e/flow.ts';
import { newMember, signedIn } from '../e2e/person.ts';
import { send, sessionOf } from '../e2e/requests.ts';
import { joseVerifier } from '../e2e/verifiers.ts';
import { callerRequests, deployActions } from './deploy-actions.ts';
import { documentedPolicy } from './documented-policy.ts';
import { evaluate } from './evaluate.ts';
import { describeWithEmulator } from './needs-emulator.ts';
import { canCreate, learned } from './omission-probes.ts';
import { goneResources, retainedResources } from './retained.ts';
import { rolledOutChange } from './rolled-out-change.ts';
import { stackResources } from './stack-resources.ts';
import { type TestAccount, testAccount } from './test-account.ts';
import { uninvokableMethods } from './uninvokable-methods.ts';

/** From nothing to a deployed stack, on a machine with nothing else to do. A busy one may take longer, which is no fault of the stack. */
const budgetInSeconds = 60;

describeWithEmulator('a deployment into an emulated account', () => {
  let account: TestAccount;
  let cookies: string;
  let firstToken: string;

  afterAll(() => account?.stop());

  const withCookies = (path: string) => send(account.target, path, { headers: { cookie: cookies } });
  const mint = async () => {
    const response = await withCookies('/api/auth/token');
    expect(response.status).toBe(200);
    return ((await response.json()) as { token: string }).token;
  };
  const testGrants = () =>
    test('every call of the functions is granted by the policies as deployed', async () => {
      expect(await account.refusedCalls()).toEqual([]);
    });

  describe('from nothing', () => {
    beforeAll(async () => {
      const start = performance.now();
      account = await testAccount();
      await account.deploy();
      const seconds = (performance.now() - start) / 1000;
      const late =
        seconds > budgetInSeconds ? `: OVER THE BUDGET of ${budgetInSeconds} s, unless this machine is busy` : '';
      console.log(
        [
          `MiniStack ${account.emulator.version}: from nothing to a deployed stack in ${seconds.toFixed(1)} s${late}`,
          ...omissions.map(({ name, reason }) => `left out: ${name}: ${reason}`),
        ].join('\n'),
      );
    });

    test('all of the template is there but what is left out by name', async () => {
      const { template, left } = account.deployment;
      const there = (await account.resources()).map(({ logicalId }) => logicalId);
      const wanted = Object.keys(template.Resources).filter((id) => !left.includes(id));
      expect(there).toEqual(expect.arrayContaining(wanted));
    });

    test('its roles are within the boundary of docs/policies, and its deployment is the documented bootstrap’s', () => {
      const { template } = account.deployment;
      const roles = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
      expect(roles.length).toBeGreaterThan(2);
      for (const { Properties } of roles) {
        expect(JSON.stringify(Properties?.PermissionsBoundary)).toContain(':policy/GatehouseBoundary');
      }
      expect(JSON.stringify(template)).toContain(':role/cdk-gatehouse-cfn-exec-role-000000000000-us-east-1');
    });

    test('API Gateway may invoke the function of every method', async () => {
      const apiId = new URL(account.target.url).hostname.split('.')[0]!;
      expect(await uninvokableMethods(account.api, apiId, 'dev')).toEqual([]);
    });

    test('the emulator creates what it knows, so that a probe can come out well', async () => {
      expect(await canCreate(account.api, { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } })).toBe(true);
    });

    test.each(omissions.map((omission) => [omission.name, omission] as const))(
      'the emulator cannot create %s, still',
      async (_name, omission) => {
        expect(await learned(account.api, omission, account.deployment.template)).toEqual([]);
      },
    );

    flow(() => account.target);

    test('someone signs in and stays; there is no such plugin yet', async () => {
      const hedy = await newMember(account.target, 'Hedy');
      cookies = (await signedIn(account.target, hedy)).browser.cookies();
      firstToken = await mint();
      expect((await withCookies('/api/auth/one-time-token/generate')).status).toBe(404);
    });

    test('the calls of the functions are on record, all three of them', () => {
      const called = new Set(account.callsOfFunctions().map(({ service, operation }) => `${service} ${operation}`));
      const expected = [
        'dynamodb TransactWriteItems',
        'kms GetPublicKey',
        'kms Sign',
        'secretsmanager GetSecretValue',
        'ses SendEmail',
        'sqs SendMessage',
      ];
      expect([...called]).toEqual(expect.arrayContaining(expected));
    });

    testGrants();
  });

  describe('a change is rolled out: another signing key, a new plugin', () => {
    beforeAll(() => account.deploy(rolledOutChange));

    test('who was signed in still is', async () => {
      expect(await sessionOf(account.target, cookies)).toMatchObject({ user: { name: 'Hedy' } });
    });

    test('a token of the retired key still verifies; new ones are signed by the key that was next', async () => {
      const token = await mint();
      expect(decodeProtectedHeader(token).kid).not.toBe(decodeProtectedHeader(firstToken).kid);
      const verifier = joseVerifier(account.target);
      for (const each of [firstToken, token]) {
        expect(await verifier.verify(each)).toMatchObject({ sub: decodeJwt(firstToken).sub });
      }
    });

    test('the new plugin answers', async () => {
      const response = await withCookies('/api/auth/one-time-token/generate');
      expect([response.status, await response.json()]).toEqual([200, { token: expect.any(String) }]);
    });

    testGrants();
  });

  describe('a deployment fails at its last step, and is rolled back', () => {
    let before: readonly string[];

    beforeAll(async () => {
      before = await account.rows();
      const settings = { ...rolledOutChange.settings, productName: 'Never deployed' };
      await expect(account.deploy({ ...rolledOutChange, settings, fails: true })).rejects.toMatchObject({
        code: 'CDK_FAILED',
        message: expect.stringContaining('ROLLBACK'),
      });
    });

    test('users and sessions are untouched, and served', async () => {
      expect(await account.rows()).toEqual(before);
      expect(await sessionOf(account.target, cookies)).toMatchObject({ user: { name: 'Hedy' } });
    });

    test('the next good deployment serves them', async () => {
      await account.deploy(rolledOutChange);
      expect(await sessionOf(account.target, cookies)).toMatchObject({ user: { name: 'Hedy' } });
      await mint();
    });

    testGrants();
  });

  test('whoever deploys needs what docs/policies/deploy.json grants, and nothing else', async () => {
    const calls = account.callsOfDeployments();
    const actions = await deployActions(account.api, calls);
    console.log(['The CDK CLI called, as', ...actions.map(({ as, action }) => `  ${as}: ${action}`)].join('\n'));
    const own = actions.filter(({ as, action }) => as === 'caller' && action !== 'sts:GetCallerIdentity');
    expect(own.map(({ action }) => action)).toEqual(['sts:AssumeRole']);
    const policy = documentedPolicy('deploy')!;
    for (const request of callerRequests(calls)) {
      const result = await evaluate({
        principal: 'arn:aws:iam::000000000000:role/deployer',
        policies: [policy],
        request,
      });
      expect([request.resource, result]).toEqual([request.resource, 'Allowed']);
    }
  });

  test('destroyed, it leaves behind what the template retains, the users among it', async () => {
    const retained = retainedResources(account.deployment.template, await account.resources());
    const before = await account.rows();
    await account.destroy();
    expect(await stackResources(account.api, account.stack)).toEqual([]);
    expect((await send(account.target, '/health')).status).not.toBe(200);
    const types = retained.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['AWS::DynamoDB::GlobalTable', 'AWS::KMS::Key']));
    expect(await goneResources(account.api, retained)).toEqual([]);
    expect(await account.rows()).toEqual(before);
  });
});
