import type { AuthOptions } from '../../lambda/auth/auth-options.ts';
import { AdminError } from './admin-error.ts';
import type { Arguments, CommandName } from './arguments.ts';
import type { AuditRecord } from './audit-record.ts';
import { checkIdentities } from './commands/check-identities.ts';
import type { CommandInput, Result, StoreInput, UserInput } from './commands/command.ts';
import { createUser } from './commands/create-user.ts';
import { revoke } from './commands/end-sessions.ts';
import { deleteUser, eraseUser } from './commands/erase-user.ts';
import { exportUser } from './commands/export-user.ts';
import { listEvents } from './commands/list-events.ts';
import { disable, enable } from './commands/set-disabled.ts';
import { setRole } from './commands/set-role.ts';
import { showSessions, showUser } from './commands/show.ts';
import { unlock } from './commands/unlock.ts';
import { type Ask, confirm } from './confirm.ts';
import { openStore } from './identity-store.ts';
import type { Target } from './target.ts';
import { findUser, type User } from './user.ts';

export interface Performance {
  readonly given: Arguments;
  readonly target: Target;
  readonly options: AuthOptions;
  readonly record: AuditRecord;
  readonly now: () => Date;
  readonly ask: Ask;
  readonly progress: (line: string) => void;
  /** Called with whom it is about, as soon as that is known. */
  readonly onUser: (userId: string) => void;
}

type UserCommand = Exclude<CommandName, 'create' | 'events' | 'check'>;

const userCommands: Record<UserCommand, (input: UserInput, options: AuthOptions) => Promise<Result>> = {
  promote: setRole,
  demote: setRole,
  show: showUser,
  sessions: showSessions,
  unlock: (input, { lockout }) => unlock(input, lockout),
  revoke,
  disable,
  enable,
  export: exportUser,
  erase: eraseUser,
};

const readsOnly: readonly CommandName[] = ['show', 'sessions', 'export', 'events', 'check'];

/** Does what a command says. What changes something is on record before it is done. */
export async function perform(performance: Performance): Promise<Result> {
  const { given, target, options, now, progress } = performance;
  const input: CommandInput = { given, target, now, progress };
  if (given.command === 'events') return listEvents(input);
  const store = await openStore(target, options, now);
  try {
    return await performOn({ ...input, store }, given.command, performance);
  } finally {
    store.close();
  }
}

async function performOn(
  input: StoreInput,
  command: Exclude<CommandName, 'events'>,
  { options, record, ask, onUser }: Performance,
): Promise<Result> {
  const { given, store } = input;
  if (command === 'check') return checkIdentities(input);
  if (command === 'create') {
    await record.write('operator_action_started', { command });
    return createUser(input);
  }
  const user = await findUser(store, given.subject).catch(async (error: unknown) => {
    // An outage can have ended an earlier deletion in its midst; then the rest is found by the id alone.
    if (command === 'erase' && isUnknown(error)) await eraseRest(given.subject);
    throw error;
  });
  onUser(user.id);
  await confirm(given, user, ask);
  if (!readsOnly.includes(command)) await record.write('operator_action_started', useOf(given, user));
  return userCommands[command]({ ...input, user }, options);

  /** Nobody is left whose address could be typed to confirm it. An address is no id, and stays off the record. */
  async function eraseRest(id: string): Promise<void> {
    if (id.includes('@')) return;
    onUser(id);
    await record.write('operator_action_started', { command: 'erase', userId: id });
    await deleteUser(store.adapter, id);
  }
}

/** A user who could only not be read may be there. */
const isUnknown = (error: unknown) => error instanceof AdminError && error.code === 'USER_UNKNOWN';

const useOf = ({ command, session }: Arguments, { id }: User) => ({ command, userId: id, sessionId: session });
