import type { Database } from '../session/session-adapter.ts';

/** What users are known by, and sign in with where the plugin is on. */
export const loginFields = ['email', 'username', 'phoneNumber'];

/** Sees whichever endpoint changes what users sign in with, a plugin's too. */
export function observeLogins(database: Database): Database {
  return (options) => {
    const adapter = database(options);
    return {
      ...adapter,
      update: async (query) => {
        if (query.model !== 'user' || !loginFields.some((field) => field in query.update)) return adapter.update(query);
        const { updateLogin } = await import('./update-login.ts');
        return updateLogin(adapter, query);
      },
    };
  };
}
