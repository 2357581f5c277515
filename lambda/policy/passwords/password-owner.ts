import type { GenericEndpointContext } from '@better-auth/core';
import type { PasswordOwner } from './penalised-words.ts';

type Internal = GenericEndpointContext['context']['internalAdapter'];

/** Whose password a request sets; nothing where that is not known. */
export async function passwordOwner({ path, body, query, context }: GenericEndpointContext): Promise<PasswordOwner> {
  if (path === '/reset-password') return resettingUser(context.internalAdapter, body?.token || query?.token);
  if (path === '/admin/set-user-password') return userById(context.internalAdapter, body?.userId);
  if (typeof body?.email === 'string') return { email: body.email, name: textOf(body.name) };
  return context.session?.user ?? {};
}

async function resettingUser(adapter: Internal, token: unknown): Promise<PasswordOwner> {
  const verification = await adapter.findVerificationValue(`reset-password:${token}`);
  return userById(adapter, verification?.value);
}

async function userById(adapter: Internal, id: unknown): Promise<PasswordOwner> {
  return (typeof id === 'string' && (await adapter.findUserById(id))) || {};
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
