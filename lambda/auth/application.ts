import { createHmac, randomUUID } from 'node:crypto';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { BetterAuthPlugin } from 'better-auth';
import { routes } from '../../contract/routes.ts';
import { sessionDefaults } from '../../contract/session-defaults.ts';
import { type AuditLog, createAuditLog, logger } from '../audit/audit-log.ts';
import { type AuditEventId, auditEvents } from '../audit/catalogue.ts';
import { eventsOf } from '../audit/classify.ts';
import { createClientAddress } from '../gateway/client-address.ts';
import { preflightResponse, setCorsHeaders } from '../gateway/cors.ts';
import { type ProxyEvent, proxyEvent } from '../gateway/event.ts';
import { errorResponse, GatewayError } from '../gateway/gateway-error.ts';
import { internalError, normalizeError } from '../gateway/normalize-error.ts';
import { originSecrets } from '../gateway/origin-secrets.ts';
import { setRateLimitHeaders } from '../gateway/rate-limit-headers.ts';
import { type RequestContext, recordFailure, runWithRequestContext } from '../gateway/request-context.ts';
import { setSecurityHeaders } from '../gateway/security-headers.ts';
import { toRequest } from '../gateway/to-request.ts';
import { toResult } from '../gateway/to-result.ts';
import { giveBackOnSuccess } from '../limits/give-back.ts';
import { originSource } from '../policy/origin-source.ts';
import type { ProviderSecretError } from '../policy/provider-secrets.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { SecretSource, SecretUnavailableError } from '../secrets/secret-source.ts';
import { createKeySet } from '../tokens/key-set.ts';
import { serveWellKnown } from '../tokens/well-known.ts';
import { type Auth, type AuthDependencies, createAuth } from './auth.ts';
import type { AuthOptions, ResolvedOptions } from './auth-options.ts';
import { AuthSource } from './auth-source.ts';
import type { Clients } from './clients.ts';
import type { AuthEnvironment } from './environment.ts';
import { requireSoundOptions } from './require-sound-options.ts';
import { resolveOptions } from './resolve-options.ts';

export interface ApplicationInput {
  readonly environment: AuthEnvironment;
  readonly clients: Clients;
  readonly options: AuthOptions;
  /** @default the system clock */
  readonly now?: () => Date;
  /** Where identities are. @default the adapter on the identity table */
  readonly database?: AuthDependencies['database'];
}

export type Application = (event: unknown) => Promise<APIGatewayProxyResult>;

/** The whole request path: event → Request → limits and Better Auth → Response → audit → result. Never rejects. */
export async function createApplication(input: ApplicationInput): Promise<Application> {
  const { environment, now = () => new Date() } = input;
  const keySet = await createKeySet(environment.signingKeys);
  const wellKnown = serveWellKnown({ issuer: environment.baseUrl, jwksUri: environment.jwksUri, keySet });
  const basePath = new URL(environment.baseUrl).pathname.replace(/\/$/, '');
  const clientAddress = createClientAddress(environment.clientAddress, frontSecrets(input, now));
  let pseudonymKey: string | undefined;
  const audit: AuditLog = createAuditLog({ pseudonymKey: () => pseudonymKey, options: input.options.audit });
  const { trustedOrigins } = input.options;
  const origins = originSource({ ...environment, configured: environment.trustedOrigins, trustedOrigins, now });

  async function create(secrets: SecretRing): Promise<Auth> {
    const options = await resolveOptions(input.options, input.clients, environment);
    await requireSoundOptions(options, environment);
    const created = createAuth({
      ...input,
      options,
      keySet,
      secrets,
      origins: origins.fixed,
      optionalPlugins: await loadOptionalPlugins(options, secrets, input.now),
    });
    await created.$context;
    // The same through every rotation, so that a person can be followed across it.
    pseudonymKey = createHmac('sha256', secrets.stable.value).update('gatehouse audit pseudonym').digest('hex');
    return created;
  }
  const auths = new AuthSource({
    source: new SecretSource({ ...input.clients, secretArn: environment.secretArn, now }),
    acceptPrevious: input.options.secrets?.acceptPrevious ?? sessionDefaults.expiresIn,
    now,
    create,
  });
  // At init, where Lambda gives more CPU and a wrong configuration shows at once.
  await auths.get().catch((error: unknown) => {
    if (!(error instanceof SecretUnavailableError || isProviderSecretError(error))) throw error;
  });

  function route(request: Request, path: string): Promise<Response> | Response {
    const preflight = preflightResponse(request);
    if (preflight) return preflight;
    if (path.startsWith(`${routes.authBase}/`)) return auths.handle(request);
    if (path !== routes.health && path !== routes.jwks && path !== routes.discovery) {
      throw new GatewayError(404, 'NOT_FOUND', 'There is nothing at this path.');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new GatewayError(405, 'METHOD_NOT_ALLOWED', 'Only GET and HEAD are allowed here.', { Allow: 'GET, HEAD' });
    }
    return wellKnown(path, request) ?? Response.json({ status: 'ok' });
  }

  async function respond(event: ProxyEvent, context: RequestContext): Promise<Response> {
    const response = await answer(event, context).catch((error: unknown) => errorAnswer(error, context.requestId));
    giveBackOnSuccess(response, context);
    context.guess?.giveBack();
    await Promise.all(context.pending);
    return normalizeError(response, context);
  }

  async function answer(event: ProxyEvent, context: RequestContext): Promise<Response> {
    context.sourceIp = await clientAddress(event);
    const request = toRequest(event, environment.baseUrl, context.sourceIp);
    // As parsed, dot segments resolved: what is routed, classified and logged is one and the same path.
    context.path = new URL(request.url).pathname.slice(basePath.length);
    return route(request, context.path);
  }

  async function finish(response: Response, context: RequestContext) {
    const headers = new Headers(response.headers);
    headers.set('X-Request-Id', context.requestId);
    setRateLimitHeaders(headers, context);
    setSecurityHeaders(headers, context.path);
    setCorsHeaders(headers, context);
    const outcome = {
      status: response.status,
      code: response.status >= 400 ? errorCode(await response.clone().text()) : undefined,
      location: headers.get('location') ?? undefined,
    };
    await tellOfChanges(context, eventsOf(context, outcome));
    audit.record(context, outcome);
    return toResult(new Response(response.body, { status: response.status, headers }));
  }

  /** What a request changed stands, whatever becomes of the notice. */
  async function tellOfChanges(context: RequestContext, events: AuditEventId[]): Promise<void> {
    const changed = events.some((id) => auditEvents[id].success && auditEvents[id].classUid === 3001);
    if (!changed && !context.loginChange && !context.accountLinked) return;
    await auths
      .get()
      .then(({ auth }) => auth.tell(context, events))
      .catch((error: unknown) => recordFailure('MAIL_UNAVAILABLE', error, { concealed: true }));
  }

  return async (rawEvent) => {
    const { data: event } = proxyEvent.safeParse(rawEvent);
    const context = createContext(event, now());
    return runWithRequestContext(context, async () => {
      // A tenant's origins count where its sessions do; the key set waits for nothing.
      context.origins = event?.path.startsWith(routes.authBase) ? await origins.forHost(context.host) : origins.fixed;
      if (event) return finish(await respond(event, context), context);
      const error = new GatewayError(400, 'MALFORMED_EVENT', 'The request is not one that this API understands.');
      return finish(errorResponse(context.requestId, error), context);
    });
  };
}

/** While they cannot be read every request is a 503: nobody knows who sent it. */
function frontSecrets({ environment, clients }: ApplicationInput, now: () => Date): () => Promise<readonly string[]> {
  const read = originSecrets(clients.secretsManager, environment.clientAddress?.originSecretArn ?? '', now);
  return () =>
    read().catch((error: unknown) => {
      recordFailure('SECRET_UNAVAILABLE', error);
      throw error;
    });
}

async function loadOptionalPlugins(
  options: ResolvedOptions,
  { accepted }: SecretRing,
  now?: () => Date,
): Promise<BetterAuthPlugin[]> {
  const { csrf, cookies, socialProviders, plugins = [], passwords } = options;
  if (!csrf && !cookies && !socialProviders && plugins.length === 0 && !passwords?.setByAdministrators) return [];
  const { optionalPlugins } = await import('../policy/optional-plugins.ts');
  const secrets = accepted.map(({ value }) => value);
  return optionalPlugins(options, secrets, now);
}

function createContext(event: ProxyEvent | undefined, startedAt: Date): RequestContext {
  const headers = Object.entries(event?.multiValueHeaders ?? {});
  const header = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1][0];
  return {
    requestId: event?.requestContext.requestId ?? randomUUID(),
    method: event?.httpMethod ?? 'UNKNOWN',
    path: event?.path ?? '',
    sourceIp: event?.requestContext.identity.sourceIp ?? 'unknown',
    userAgent: header('user-agent'),
    origin: header('origin'),
    host: header('host'),
    startedAt,
    pending: [],
  };
}

function errorAnswer(error: unknown, requestId: string): Response {
  if (error instanceof GatewayError) return errorResponse(requestId, error);
  if (isProviderSecretError(error)) {
    // It names what is missing, for whoever has to put it there.
    logger.error(error.message, { code: error.code });
    recordFailure(error.code, error);
  }
  if (isConflict(error)) return errorResponse(requestId, conflict);
  logger.error('request failed', { errorName: error instanceof Error ? error.name : 'UnknownError' });
  return internalError(requestId);
}

/** A rival took a unique value or deleted the user between a look and a write, in an endpoint that does not handle it itself. */
const conflict = new GatewayError(
  409,
  'CONFLICT',
  'Another request changed the same thing at the same time. Please try again.',
);

/** Of a module that is loaded only where there are providers. */
const isProviderSecretError = (error: unknown): error is ProviderSecretError =>
  error instanceof Error && 'code' in error && error.code === 'PROVIDER_SECRET_UNAVAILABLE';

const isConflict = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'DUPLICATE' || error.code === 'PARENT_MISSING');

function errorCode(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { code?: string }).code;
  } catch {
    return undefined;
  }
}
