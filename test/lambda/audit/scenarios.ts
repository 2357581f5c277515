import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { keyResources } from '../../../contract/signing.ts';
import type { AuditEventId } from '../../../lambda/audit/catalogue.ts';
import { createAuthorizer } from '../../../lambda/authorizer/authorizer.ts';
import { createVerifier } from '../../../verify/index.ts';
import { resetToken } from '../../support/accounts.ts';
import { challenged, memberWithSecondFactor, verifyTotp } from '../../support/second-factor.ts';
import { person, socialSignIn } from '../../support/social.ts';
import { password } from '../../support/stack.ts';
import { audience, goodClaims, issuer, keySetOf, now, signed, signingKey } from '../../verify/issuer.ts';
import { authorizerEvent } from '../authorizer/api-gateway.ts';
import { failFrom, newSource, signInFrom } from '../limits/lockout/sign-in.ts';
import { otherSignature, refusal } from '../tokens/faulty-kms.ts';
import { startCloudFormation, type World } from './world.ts';

/** What somebody does so that an event is sent. Others may be sent on the way. */
export type Scenario = (world: World) => Promise<unknown>;

const newPassword = `${password} 2`;
const signInPath = '/api/auth/sign-in/email';

/** Sent by a function; the others are of `npm run admin`, which has no function. */
export type FunctionEvent = Exclude<AuditEventId, `operator_${string}`>;

/** A way to each event that a function sends. */
export const scenarios: Readonly<Record<FunctionEvent, Scenario>> = {
  sign_up: async ({ container, providers }) => socialSignIn(container.another(), providers.acme, person('signs-up')),
  sign_up_failed: ({ container }) =>
    container.another().post('/api/auth/sign-up/email', { name: 'A', email: 'short@example.com', password: 'a' }),
  account_deleted: async ({ member }) => (await member()).browser.post('/api/auth/delete-user', { password }),
  account_changed: async ({ member }) => (await member()).browser.post('/api/auth/update-user', { name: 'New' }),
  account_change_refused: ({ container }) => container.another().post('/api/auth/update-user', { name: 'New' }),
  email_verification_requested: async ({ container }) =>
    container.another().post('/api/auth/send-verification-email', { email: 'nobody@example.com' }),
  email_verified: async ({ member }) => member(),
  email_verification_failed: ({ container }) =>
    container.another().get('/api/auth/verify-email?token=nonsense&callbackURL=%2F'),
  password_changed: async ({ member }) =>
    (await member()).browser.post('/api/auth/change-password', { currentPassword: password, newPassword }),
  password_change_failed: async ({ member }) =>
    (await member()).browser.post('/api/auth/change-password', { currentPassword: 'another one', newPassword }),
  password_reset_requested: ({ container }) =>
    container.another().post('/api/auth/request-password-reset', { email: 'nobody@example.com' }),
  password_reset_started: async ({ member, admin }) =>
    admin.post('/api/auth/admin/send-password-reset', { userId: (await member()).id }),
  password_reset: async ({ member, stack, container }) => {
    const { email } = await member();
    await container.another().post('/api/auth/request-password-reset', { email });
    await container.another().post('/api/auth/reset-password', { token: await resetToken(stack), newPassword });
  },
  password_reset_failed: ({ container }) =>
    container.another().post('/api/auth/reset-password', { token: 'nonsense', newPassword }),
  second_factor_started: async ({ member }) =>
    (await member()).browser.post('/api/auth/two-factor/enable', { password }),
  second_factor_enabled: ({ stack, container }) =>
    memberWithSecondFactor(stack, container.another(), 'enables@example.com'),
  second_factor_disabled: async ({ stack, container }) => {
    const { browser } = await memberWithSecondFactor(stack, container.another(), 'disables@example.com');
    await browser.post('/api/auth/two-factor/disable', { password });
  },
  account_locked: async ({ member, container }) => failFrom(container, (await member()).email, newSource()),
  account_unlocked: async ({ member, admin }) =>
    admin.post('/api/auth/admin/unlock-user', { userId: (await member()).id }),
  admin_action: async ({ member, admin }) =>
    admin.post('/api/auth/admin/set-role', { userId: (await member()).id, role: 'user' }),
  admin_action_refused: async ({ container }) =>
    container.another().post('/api/auth/admin/ban-user', { userId: 'somebody' }),

  sign_in: async ({ member }) => member(),
  sign_in_challenged: async ({ stack, container }) =>
    challenged(await memberWithSecondFactor(stack, container.another(), 'challenged@example.com')),
  sign_in_failed: ({ container }) =>
    container.another().post(signInPath, { email: 'nobody@example.com', password: 'a wrong password' }),
  second_factor_failed: async ({ container }) => verifyTotp(container.another(), '000000'),
  locked_attempt: async ({ member, container }) => {
    const { email } = await member();
    const source = newSource();
    await failFrom(container, email, source);
    await signInFrom(container, email, { source });
  },
  sign_out: async ({ member }) => (await member()).browser.post('/api/auth/sign-out'),
  session_revoked: async ({ member }) => (await member()).browser.post('/api/auth/revoke-sessions'),
  session_binding_broken: async ({ member, binding }) =>
    (await member(await binding())).browser.send({ path: '/api/auth/get-session', sourceIp: '203.0.113.9' }),
  impersonation_started: async ({ member, admin }) => {
    await admin.post('/api/auth/admin/impersonate-user', { userId: (await member()).id });
    await admin.post('/api/auth/admin/stop-impersonating');
  },
  impersonation_ended: (world) => scenarios.impersonation_started(world),

  token_issued: async ({ member }) => (await member()).browser.get('/api/auth/token'),
  token_refused: ({ container }) => container.another().get('/api/auth/token'),
  token_signing_failed: (world) => withFault(world, refusal(400, 'DisabledException')),
  token_signature_invalid: (world) =>
    withFault(
      world,
      otherSignature((signature) => Buffer.from(signature.map((byte, at) => (at > 8 && at < 20 ? byte ^ 1 : byte)))),
    ),
  token_expired: () => present({ iat: now - 1000, exp: now - 6 }),
  token_invalid: () => present({ aud: 'https://another.example.com' }),
  token_not_entitled: () => present({ scope: 'other' }),
  token_unverifiable: () => present({}, new URL('http://127.0.0.1:9')),
  signing_keys_published: (world) => publish(world, []),
  signing_keys_refused: (world) => publish(world, ['too-early']),

  request_refused: ({ container }) => container.application({}),
  origin_rejected: async ({ member }) =>
    (await member()).browser.post('/api/auth/sign-out', {}, { Origin: 'https://evil.example' }),
  rate_limited: async ({ container }) => {
    const browser = container.another();
    for (let time = 0; time < 4; time++) await verifyTotp(browser, '000000');
  },
  suspicious_activity: async ({ member, container }) => failFrom(container, (await member()).email, newSource()),
  detection_unavailable: async ({ member, noDetection }) => member(await noDetection()),
  breach_check_unavailable: async ({ noBreachCheck }) =>
    (await noBreachCheck()).post('/api/auth/sign-up/email', { name: 'A', email: 'unchecked@example.com', password }),
  store_failed: async ({ noStore }) => (await noStore()).post(signInPath, { email: 'a@example.com', password }),
  mail_failed: async ({ noQueue }) =>
    (await noQueue()).post('/api/auth/sign-up/email', { name: 'A', email: 'unmailed@example.com', password }),
  unexpected_error: async ({ crashing }) => (await crashing()).post('/api/auth/crash'),
};

/** Asks for a token while KMS misbehaves. */
async function withFault({ member, kms }: World, fault: World['kms']['fault']): Promise<void> {
  const { browser } = await member();
  kms.fault = fault;
  await browser.get('/api/auth/token');
  kms.fault = undefined;
}

/** Shows a token to the authorizer of an API. */
async function present(claims: object, jwks?: URL): Promise<void> {
  const key = await signingKey('key-1');
  const authorizer = createAuthorizer({
    verifier: createVerifier({ issuer, audience, jwks: jwks ?? keySetOf(key), now: () => new Date(now * 1000) }),
    identityHeader: 'Authorization',
    requiredScopes: ['orders:read'],
    requiredClaims: {},
    contextClaims: ['sub'],
  });
  const token = await signed(key, { ...goodClaims, ...claims });
  await authorizer(authorizerEvent({ headers: { Authorization: `Bearer ${token}` } })).catch(() => {});
}

/** Deploys a signing key, and then `more` that are to sign at once. */
async function publish({ stack }: World, more: readonly string[]): Promise<void> {
  Object.assign(process.env, { AWS_ENDPOINT_URL_KMS: stack.awsEndpoint, AWS_REGION: 'us-east-1' });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const { handler } = await import('../../../lambda/key-publisher/handler.ts');
  const cloudFormation = await startCloudFormation();
  const key = (id: string) => ({ id, algorithm: 'ES256', state: 'active', keyArn: stack.keyArn });
  const deploy = (type: 'Create' | 'Update', keys: readonly object[]) =>
    handler({
      RequestType: type,
      ResponseURL: cloudFormation.url,
      RequestId: 'deployment-1',
      LogicalResourceId: 'Keys',
      PhysicalResourceId: cloudFormation.physicalId(),
      ResourceType: keyResources.publishedKeys,
      ResourceProperties: { ServiceToken: 'arn', Keys: keys },
    } as unknown as CloudFormationCustomResourceEvent);
  await deploy('Create', [key('a')]);
  if (more.length > 0) await deploy('Update', [{ ...key('a'), state: 'retiring' }, ...more.map(key)]);
  await cloudFormation.stop();
}
