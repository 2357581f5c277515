import { shownRow } from '../shown-row.ts';
import { lines } from '../text.ts';
import { everyRow, type Result, type UserInput } from './command.ts';

export async function showUser({ store, user }: UserInput): Promise<Result> {
  const { row } = shownRow(user, store.schema.user!);
  return { data: { user: row }, lines: lines(row) };
}

export async function showSessions({ store, user }: UserInput): Promise<Result> {
  const where = [{ field: 'userId', value: user.id }];
  const found = await store.adapter.findMany<object>({ model: 'session', where, limit: everyRow });
  const sessions = found.map((session) => shownRow(session, store.schema.session!).row);
  return {
    data: { user: { id: user.id }, sessions },
    lines:
      sessions.length === 0
        ? [`${user.email} has no sessions`]
        : sessions.flatMap((session) => [...lines(session), '']),
  };
}
