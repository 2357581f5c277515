import { routes } from '../contract/routes.ts';

export interface ApiRoute {
  /** As API Gateway writes it. */
  readonly path: string;
  readonly methods: readonly string[];
  /** Whether POST takes a password or a code, or sends mail, and so is throttled by itself. */
  readonly credentials?: boolean;
}

/** POST apart from ANY, because throttles are set by concrete method. */
const withCredentials = (path: string): ApiRoute => ({
  path: `${routes.authBase}/${path}`,
  methods: ['ANY', 'POST'],
  credentials: true,
});

/** What the API routes to the function; everything else it answers itself with 404. */
export const apiRoutes: readonly ApiRoute[] = [
  { path: `${routes.authBase}/{proxy+}`, methods: ['ANY'] },
  withCredentials('sign-in/{proxy+}'),
  withCredentials('sign-up/{proxy+}'),
  withCredentials('two-factor/{proxy+}'),
  withCredentials('change-password'),
  withCredentials('request-password-reset'),
  withCredentials('reset-password'),
  withCredentials('send-verification-email'),
  // A resource of its own hides the greedy one above it; this is where the mailed links lead.
  { path: `${routes.authBase}/reset-password/{proxy+}`, methods: ['ANY'] },
  { path: routes.jwks, methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: routes.discovery, methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: routes.health, methods: ['GET', 'HEAD'] },
];

/** Methods that can have a throttle of their own, as `POST /api/auth/sign-in/{proxy+}`. */
export const throttledMethods: readonly string[] = apiRoutes.flatMap(({ path, methods }) =>
  methods.filter((method) => method !== 'ANY').map((method) => `${method} ${path}`),
);

export const credentialMethods: readonly string[] = apiRoutes
  .filter(({ credentials }) => credentials)
  .map(({ path }) => `POST ${path}`);

/** Paths for which API Gateway may invoke the function, by the ids of the permissions; each route is below one of them. */
export const invokedPaths: Readonly<Record<string, string>> = {
  InvokeAuth: `${routes.authBase}/*`,
  InvokeWellKnown: '/.well-known/*',
  InvokeHealth: routes.health,
};
