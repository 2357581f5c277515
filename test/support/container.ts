/** A container of the auth function in a process of its own: answers the events that its parent sends, all at once. */

import { createApplication } from '../../lambda/auth/application.ts';
import { createClients } from '../../lambda/auth/clients.ts';
import { readEnvironment } from '../../lambda/auth/environment.ts';
import type { PasswordOptions } from '../../lambda/policy/passwords/password-options.ts';
import { optionsFor } from './social-options.ts';

const passwords = JSON.parse(process.env.TEST_PASSWORDS ?? '{}') as PasswordOptions;
const providers =
  process.env.TEST_PROVIDERS && (JSON.parse(process.env.TEST_PROVIDERS) as { acme: string; other: string });
const application = await createApplication({
  environment: readEnvironment(process.env),
  clients: createClients(),
  options: { ...(providers && optionsFor(providers)), passwords },
});

process.on('message', async (events: readonly object[]) => {
  process.send!(await Promise.all(events.map(application)));
});
process.on('disconnect', () => process.exit());
process.send!('ready');
