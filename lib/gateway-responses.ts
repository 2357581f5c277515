import { type GatewayResponse, ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

interface Answer {
  readonly statusCode?: string;
  readonly code: string;
  readonly message: string;
  /** In seconds. */
  readonly retryAfter?: number;
}

/** What API Gateway answers by itself, without asking the function. */
const answers: Record<string, readonly [ResponseType, Answer]> = {
  ClientErrors: [ResponseType.DEFAULT_4XX, { code: 'REQUEST_REFUSED', message: 'The request was refused.' }],
  ServerErrors: [
    ResponseType.DEFAULT_5XX,
    { code: 'SERVICE_UNAVAILABLE', message: 'The service is unavailable.', retryAfter: 5 },
  ],
  // This is how API Gateway puts it that a path does not exist.
  UnknownPath: [
    ResponseType.MISSING_AUTHENTICATION_TOKEN,
    { statusCode: '404', code: 'NOT_FOUND', message: 'There is nothing at this path.' },
  ],
  TooLarge: [
    ResponseType.REQUEST_TOO_LARGE,
    { statusCode: '413', code: 'PAYLOAD_TOO_LARGE', message: 'The request body is too large.' },
  ],
  Throttled: [
    ResponseType.THROTTLED,
    { statusCode: '429', code: 'RATE_LIMITED', message: 'Too many requests.', retryAfter: 1 },
  ],
  Blocked: [
    ResponseType.WAF_FILTERED,
    { statusCode: '403', code: 'REQUEST_BLOCKED', message: 'The request was blocked.' },
  ],
};

/** The headers that the function sends too. Values are static: API Gateway can neither compute nor choose them. */
export const securityHeaders = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/**
 * Turns API Gateway's own answers into JSON with a `code` and the request's id, with security headers. With `corsOrigin`,
 * scripts of that one origin can read them: a list of origins cannot be expressed here.
 */
export function addGatewayResponses(api: RestApi, corsOrigin?: string): GatewayResponse[] {
  const cors = corsOrigin && {
    'Access-Control-Allow-Origin': corsOrigin,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
  };
  return Object.entries(answers).map(([id, [type, { statusCode, code, message, retryAfter }]]) => {
    const headers = { ...securityHeaders, ...cors, ...(retryAfter && { 'Retry-After': String(retryAfter) }) };
    return api.addGatewayResponse(id, {
      type,
      statusCode,
      responseHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`])),
      templates: { 'application/json': JSON.stringify({ code, message, requestId: '$context.requestId' }) },
    });
  });
}

/** The one web origin among the trusted ones, if there is exactly one. */
export function soleWebOrigin(trustedOrigins: readonly string[]): string | undefined {
  const web = trustedOrigins.filter((origin) => /^https?:/.test(origin));
  return web.length === 1 && !web[0]!.includes('*') ? web[0] : undefined;
}
