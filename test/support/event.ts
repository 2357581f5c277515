/** API Gateway REST proxy events, as the real service sends them. */
export interface EventInput {
  readonly method?: string;
  readonly path: string;
  readonly query?: Record<string, string[]>;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | object;
  readonly sourceIp?: string;
}

let count = 0;

export function proxyEvent({ method = 'GET', path, query, headers = {}, body, sourceIp = '203.0.113.7' }: EventInput) {
  const all = { ...(typeof body === 'object' && { 'Content-Type': 'application/json' }), ...headers };
  const multiValueHeaders = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]),
  );
  const requestId = `test-request-${++count}`;
  return {
    resource: '/api/auth/{proxy+}',
    path,
    httpMethod: method,
    headers: Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.at(-1)!])),
    multiValueHeaders,
    queryStringParameters: query ? Object.fromEntries(Object.entries(query).map(([k, v]) => [k, v.at(-1)!])) : null,
    multiValueQueryStringParameters: query ?? null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      requestId,
      stage: 'test',
      path,
      httpMethod: method,
      identity: { sourceIp, userAgent: 'jest' },
    },
    body: typeof body === 'object' ? JSON.stringify(body) : (body ?? null),
    isBase64Encoded: false,
  };
}
