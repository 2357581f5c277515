import type { APIGatewayProxyResult } from 'aws-lambda';

/** A Fetch response as an API Gateway REST proxy result. Cookies stay apart: folded into one header, browsers drop all but one. */
export async function toResult(response: Response): Promise<APIGatewayProxyResult> {
  const multiValueHeaders: Record<string, string[]> = {};
  for (const [name, value] of response.headers) {
    multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value];
  }
  const body = Buffer.from(await response.arrayBuffer());
  const text = /^(text\/|application\/(.*\+)?json\b)/.test(response.headers.get('content-type') ?? 'text/plain');
  return {
    statusCode: response.status,
    multiValueHeaders,
    body: body.toString(text ? 'utf8' : 'base64'),
    isBase64Encoded: !text,
  };
}
