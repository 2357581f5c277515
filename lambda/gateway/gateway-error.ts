/** A request that is refused before Better Auth sees it. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The shape of every error at the edge: a stable code, a sentence, and the id to look for in the logs. */
export function errorResponse(requestId: string, { status, code, message, headers }: GatewayError): Response {
  return Response.json({ code, message, requestId }, { status, headers: { ...headers } });
}
