import './node-environment.ts';
import options from 'gatehouse-auth-options';
import { createApplication } from './application.ts';
import { createClients } from './clients.ts';
import { readEnvironment } from './environment.ts';

/** API Gateway's entry: REST proxy events in, results out. A wrong configuration fails here, at init. */
export const handler = await createApplication({
  environment: readEnvironment(process.env),
  clients: createClients(),
  options,
});
