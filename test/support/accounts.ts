import { admin } from 'better-auth/plugins';
import { dynamodbAdapter } from '../../lambda/identity/index.ts';
import { equal } from './identity.ts';
import { type Answer, type Browser, type Stack, signedIn } from './stack.ts';

/** Behind the function's back. */
export const adapterOn = (stack: Stack) =>
  dynamodbAdapter({ client: stack.clients.dynamodb, tableName: 'identity' })({ plugins: [admin()] });

/** Signs up and in, as an administrator. */
export async function administrator(stack: Stack, browser: Browser, email: string): Promise<Answer> {
  const answer = await signedIn(stack, browser, email);
  const where = [equal('id', answer.json.user.id)];
  await adapterOn(stack).update({ model: 'user', where, update: { role: 'admin' } });
  return answer;
}

const credential = (userId: string) => [equal('userId', userId), equal('providerId', 'credential')];

/** The hash that is stored for a user's password. */
export async function storedHash(stack: Stack, userId: string): Promise<string> {
  const account = await adapterOn(stack).findOne<{ password: string }>({ model: 'account', where: credential(userId) });
  return account!.password;
}

export async function storeHash(stack: Stack, userId: string, password: string): Promise<void> {
  await adapterOn(stack).update({ model: 'account', where: credential(userId), update: { password } });
}

/** As of someone who signed up with a social provider. */
export async function forgetPassword(stack: Stack, userId: string): Promise<void> {
  await adapterOn(stack).delete({ model: 'account', where: credential(userId) });
}

/** The token of the reset link that is the latest mail. */
export async function resetToken(stack: Stack): Promise<string> {
  const [, token] = /reset-password\/([^?]+)/.exec((await stack.mails()).at(-1)?.url ?? '') ?? [];
  if (!token) throw new Error('no reset link was mailed');
  return token;
}

/** Someone with a verified address, who never signed up through the function. */
export async function addMember(stack: Stack, email: string): Promise<string> {
  const now = new Date();
  const data = { name: 'Ada', email, emailVerified: true, createdAt: now, updatedAt: now };
  return (await adapterOn(stack).create({ model: 'user', data })).id;
}
