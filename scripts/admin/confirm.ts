import { AdminError } from './admin-error.ts';
import type { Arguments } from './arguments.ts';
import type { User } from './user.ts';

/** What destructive commands do, as the question puts it. */
const consequences: Partial<Record<Arguments['command'], (user: User) => string>> = {
  erase: ({ email }) => `This deletes ${email} with everything that is kept of it, and cannot be undone.`,
  disable: ({ email }) => `This signs ${email} out everywhere and keeps it out.`,
  revoke: ({ email }) => `This ends sessions of ${email}.`,
  promote: ({ email }) => `This gives ${email} another role.`,
  demote: ({ email }) => `This takes the role of ${email} away.`,
};

/** Asks one line of the operator; undefined where nobody can answer. */
export type Ask = (question: string) => Promise<string | undefined>;

/** Has the operator type the address of the user. Throws `AdminError` `NOT_CONFIRMED`. */
export async function confirm({ command, yes }: Arguments, user: User, ask: Ask): Promise<void> {
  const consequence = consequences[command];
  if (!consequence || yes) return;
  const typed = await ask(`${consequence(user)}\nType the address to go on: `);
  if (typed?.trim() === user.email) return;
  throw new AdminError(
    'NOT_CONFIRMED',
    typed === undefined
      ? `${command} asks before it acts, and nobody can answer here; give --yes`
      : 'nothing was changed',
  );
}
