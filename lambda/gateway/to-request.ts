import { clientIpHeader, maxBodyBytes } from '../../contract/routes.ts';
import type { ProxyEvent } from './event.ts';
import { GatewayError } from './gateway-error.ts';
import { formMediaType, mediaTypeOf } from './media-type.ts';

/** Headers by which a client could claim another address, host or path than API Gateway saw. */
const untrustedHeader =
  /^(x-forwarded(-.*)?|forwarded(-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.*|x-rewrite-url|x-host|via|true-client-ip|cf-connecting-ip(v6)?|cf-pseudo-ipv4|fastly-client-ip|fly-client-ip|do-connecting-ip|x-appengine-.*|x-azure-.*|x-envoy-.*|cloudfront-.*|x-gatehouse-.*)$/;

/** Builds the request that the stack works on: the configured base URL, one trusted address, a checked body. */
export function toRequest(event: ProxyEvent, baseUrl: string, clientAddress: string): Request {
  const body = readBody(event);
  const headers = readHeaders(event);
  headers.set(clientIpHeader, clientAddress);
  if (body) checkContent(headers.get('content-type'), body);
  const bodyless = event.httpMethod === 'GET' || event.httpMethod === 'HEAD';
  return new Request(readUrl(event, baseUrl), {
    method: event.httpMethod,
    headers,
    ...(body && !bodyless && { body: new Uint8Array(body) }),
  });
}

function readUrl({ path, multiValueQueryStringParameters }: ProxyEvent, baseUrl: string): URL {
  // Unescaped, tabs and line ends would be dropped: what the firewall took for one path would be another one here.
  const url = new URL(baseUrl + path.replace(/[?#\\\s\p{Cc}]/gu, encodeURIComponent));
  // Dot segments may have climbed out of the stage's path.
  if (!url.href.startsWith(`${baseUrl}/`)) throw new GatewayError(404, 'NOT_FOUND', 'There is nothing at this path.');
  for (const [name, values] of Object.entries(multiValueQueryStringParameters ?? {})) {
    for (const value of values) url.searchParams.append(name, value);
  }
  return url;
}

function readHeaders({ multiValueHeaders }: ProxyEvent): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    if (untrustedHeader.test(name.toLowerCase())) continue;
    try {
      headers.set(name, values.join(name.toLowerCase() === 'cookie' ? '; ' : ', '));
    } catch {
      throw new GatewayError(400, 'MALFORMED_HEADER', 'A request header has a name or value that HTTP does not allow.');
    }
  }
  return headers;
}

function readBody({ body, isBase64Encoded }: ProxyEvent): Buffer | undefined {
  if (!body) return undefined;
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) {
    throw new GatewayError(
      413,
      'PAYLOAD_TOO_LARGE',
      `The body has ${bytes.length} bytes; allowed are ${maxBodyBytes}.`,
    );
  }
  return bytes;
}

/** JSON, and what an OAuth provider posts (`response_mode=form_post`); Better Auth narrows this per endpoint. */
function checkContent(contentType: string | null, body: Buffer): void {
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === formMediaType) return;
  if (mediaType !== 'application/json') {
    throw new GatewayError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      "The content type is not supported; allowed is 'application/json'.",
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw new GatewayError(400, 'INVALID_JSON', 'The body is not valid JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new GatewayError(400, 'INVALID_JSON', 'The body must be a JSON object.');
  }
}
