import { createHmac, randomUUID } from 'node:crypto';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { routes } from '../../contract/routes.ts';
import { type AuditLog, createAuditLog, logger } from '../audit/audit-log.ts';
import { preflightResponse, setCorsHeaders } from '../gateway/cors.ts';
import { type ProxyEvent, proxyEvent } from '../gateway/event.ts';
import { errorResponse, GatewayError } from '../gateway/gateway-error.ts';
import { internalError, normalizeError } from '../gateway/normalize-error.ts';
import { setRateLimitHeaders } from '../gateway/rate-limit-headers.ts';
import { type RequestContext, recordFailure, runWithRequestContext } from '../gateway/request-context.ts';
import { setSecurityHeaders } from '../gateway/security-headers.ts';
import { toRequest } from '../gateway/to-request.ts';
import { toResult } from '../gateway/to-result.ts';
import { createKeySet } from '../tokens/key-set.ts';
import { serveWellKnown } from '../tokens/well-known.ts';
import { type Auth, type AuthDependencies, createAuth } from './auth.ts';
import type { AuthOptions } from './auth-options.ts';
import type { Clients } from './clients.ts';
import type { AuthEnvironment } from './environment.ts';
import { readSecret } from './read-secret.ts';

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
  let pseudonymKey: string | undefined;
  const audit: AuditLog = createAuditLog(() => pseudonymKey);

  let auth: Auth | undefined;
  /** Once per container. While the secret cannot be read the next request tries again; any other error ends the init. */
  async function getAuth(): Promise<Auth> {
    if (auth) return auth;
    const secret = await readSecret(input.clients.secretsManager, environment.secretArn).catch((error: unknown) => {
      recordFailure('SECRET_UNAVAILABLE', error);
      throw new SecretUnavailableError('the auth secret cannot be read', { cause: error });
    });
    const created = createAuth({ ...input, keySet, secret });
    await created.$context;
    pseudonymKey = createHmac('sha256', secret).update('gatehouse audit pseudonym').digest('hex');
    auth = created;
    return auth;
  }
  // At init, where Lambda gives more CPU and a wrong configuration shows at once.
  await getAuth().catch((error: unknown) => {
    if (!(error instanceof SecretUnavailableError)) throw error;
  });

  async function isTrustedOrigin(origin: string): Promise<boolean> {
    // Without the secret every answer is an error; it can still be read where the configuration names the origin itself.
    if (!auth) return [new URL(environment.baseUrl).origin, ...environment.trustedOrigins].includes(origin);
    return (await auth.$context).isTrustedOrigin(origin);
  }

  function route(request: Request, path: string): Promise<Response> | Response {
    const preflight = preflightResponse(request);
    if (preflight) return preflight;
    if (path.startsWith(`${routes.authBase}/`)) return getAuth().then(({ handler }) => handler(request));
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
    await Promise.all(context.pending);
    return normalizeError(response, context);
  }

  async function answer(event: ProxyEvent, context: RequestContext): Promise<Response> {
    const request = toRequest(event, environment.baseUrl);
    // As parsed, dot segments resolved: what is routed, classified and logged is one and the same path.
    context.path = new URL(request.url).pathname.slice(basePath.length);
    return route(request, context.path);
  }

  async function finish(response: Response, context: RequestContext) {
    const headers = new Headers(response.headers);
    headers.set('X-Request-Id', context.requestId);
    setRateLimitHeaders(headers, context);
    setSecurityHeaders(headers);
    await setCorsHeaders(headers, context, isTrustedOrigin);
    audit.record(context, {
      status: response.status,
      code: response.status >= 400 ? errorCode(await response.clone().text()) : undefined,
      location: headers.get('location') ?? undefined,
    });
    return toResult(new Response(response.body, { status: response.status, headers }));
  }

  return async (rawEvent) => {
    const { data: event } = proxyEvent.safeParse(rawEvent);
    const context = createContext(event, now());
    return runWithRequestContext(context, async () => {
      if (event) return finish(await respond(event, context), context);
      const error = new GatewayError(400, 'MALFORMED_EVENT', 'The request is not one that this API understands.');
      return finish(errorResponse(context.requestId, error), context);
    });
  };
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
    startedAt,
    pending: [],
  };
}

class SecretUnavailableError extends Error {
  override readonly name = 'SecretUnavailableError';
}

function errorAnswer(error: unknown, requestId: string): Response {
  if (error instanceof GatewayError) return errorResponse(requestId, error);
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
const isConflict = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'DUPLICATE' || error.code === 'PARENT_MISSING');

function errorCode(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { code?: string }).code;
  } catch {
    return undefined;
  }
}
