import '../../lambda/auth/node-environment.ts';
import { createApplication } from '../../lambda/auth/application.ts';
import { createClients } from '../../lambda/auth/clients.ts';
import { readEnvironment } from '../../lambda/auth/environment.ts';
import options from '../../lambda/auth/options.ts';

/** The same app, as CommonJS needs it: without a top-level await. */
const application = createApplication({ environment: readEnvironment(process.env), clients: createClients(), options });

export const handler = async (event: unknown) => (await application)(event);
