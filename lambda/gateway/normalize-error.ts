import { errorResponse, GatewayError } from './gateway-error.ts';
import type { RequestContext } from './request-context.ts';

/** Seconds after which a client may try again when a dependency is down. */
const retryAfter = '2';

const defaultCodes: Record<number, readonly [code: string, message: string]> = {
  400: ['BAD_REQUEST', 'The request is not valid.'],
  401: ['UNAUTHORIZED', 'A valid session is needed.'],
  403: ['FORBIDDEN', 'This is not allowed.'],
  404: ['NOT_FOUND', 'There is nothing at this path.'],
  405: ['METHOD_NOT_ALLOWED', 'The method is not allowed here.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'The content type is not supported.'],
  422: ['UNPROCESSABLE', 'The request could not be processed.'],
  429: ['RATE_LIMITED', 'Too many requests. Please try again later.'],
};

/**
 * Gives every error answer the edge's shape. A failed dependency outweighs whatever was going to be answered, because Better
 * Auth reports some failures as success (sign-out whose delete failed) and others with an empty body.
 */
export async function normalizeError(response: Response, context: RequestContext): Promise<Response> {
  if (context.failure && !context.failure.concealed) return unavailable(context);
  if (response.status < 400) return response;
  if (response.status >= 500) return internalError(context.requestId);
  const body = await readError(response);
  const [code, message] = defaultCodes[response.status] ?? ['REQUEST_REFUSED', 'The request was refused.'];
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return Response.json(
    { ...body, code: body.code ?? code, message: body.message ?? message, requestId: context.requestId },
    { status: response.status, headers },
  );
}

export function internalError(requestId: string): Response {
  return errorResponse(requestId, new GatewayError(500, 'INTERNAL_ERROR', 'Something went wrong on our side.'));
}

function unavailable({ requestId, failure }: RequestContext): Response {
  const message = 'The service cannot answer right now. Nothing was confirmed; please try again.';
  return errorResponse(requestId, new GatewayError(503, failure!.code, message, { 'Retry-After': retryAfter }));
}

async function readError(response: Response): Promise<{ code?: string; message?: string }> {
  if (!response.headers.get('content-type')?.includes('json')) return {};
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}
