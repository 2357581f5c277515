import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { account } from './aws/protocol.ts';

export interface EventOptions {
  readonly stage: string;
  /** `*` wildcards as in API Gateway; a body of another type is passed on as text. */
  readonly binaryMediaTypes: readonly string[];
}

/** Headers that API Gateway does not pass on to an integration. Source: Amazon API Gateway important notes for REST APIs. */
const dropped = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'max-forwards',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The event of a REST API's Lambda proxy integration (payload version 1.0), on a custom domain: no stage in the path. */
export function toEvent(request: IncomingMessage, body: Buffer, options: EventOptions): APIGatewayProxyEvent {
  const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?');
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const multiValueHeaders = headersOf(request, peer);
  const multiValueQuery = grouped(new URLSearchParams(query));
  const isBase64Encoded = body.length > 0 && isBinary(request.headers['content-type'], options.binaryMediaTypes);
  const now = new Date();
  return {
    resource: path === '/' ? '/' : '/{proxy+}',
    path,
    httpMethod: request.method ?? 'GET',
    headers: lastValues(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: multiValueQuery && lastValues(multiValueQuery),
    multiValueQueryStringParameters: multiValueQuery,
    pathParameters: path === '/' ? null : { proxy: decoded(path.slice(1)) },
    stageVariables: null,
    requestContext: {
      accountId: account,
      apiId: 'local',
      authorizer: null,
      domainName: request.headers.host?.replace(/:\d+$/, ''),
      domainPrefix: 'local',
      extendedRequestId: randomBytes(12).toString('base64url'),
      httpMethod: request.method ?? 'GET',
      identity: { ...anonymous, sourceIp: peer, userAgent: request.headers['user-agent'] ?? null },
      path,
      protocol: `HTTP/${request.httpVersion}`,
      requestId: randomUUID(),
      requestTime: requestTime(now),
      requestTimeEpoch: now.getTime(),
      resourceId: 'local',
      resourcePath: path === '/' ? '/' : '/{proxy+}',
      stage: options.stage,
    },
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

/** Names as the client wrote them. The peer goes behind what a client claims in X-Forwarded-For: only the last is true. */
function headersOf({ rawHeaders, headers, socket }: IncomingMessage, peer: string): Record<string, string[]> {
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  const pairs = names.map((name, index): [string, string] => [name, rawHeaders[index * 2 + 1] ?? '']);
  const kept = pairs.filter(
    ([name]) => !dropped.has(name.toLowerCase()) && !/^x-forwarded-(for|port|proto)$/i.test(name),
  );
  const forwarded = [headers['x-forwarded-for'], peer].flat().filter(Boolean).join(', ');
  const trace = `Root=1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`;
  return (
    grouped([
      ...kept,
      ['X-Amzn-Trace-Id', trace],
      ['X-Forwarded-For', forwarded],
      ['X-Forwarded-Port', String(socket.localPort)],
      ['X-Forwarded-Proto', 'http'],
    ]) ?? {}
  );
}

function grouped(pairs: Iterable<[string, string]>): Record<string, string[]> | null {
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) all.set(name, [...(all.get(name) ?? []), value]);
  return all.size ? Object.fromEntries(all) : null;
}

const lastValues = (all: Record<string, string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values.at(-1)!]));

/** Whether a media type is one of the API's binary media types. */
export function isBinary(mediaType: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  const type = mediaType?.split(';')[0]?.trim().toLowerCase();
  if (!type) return false;
  return binaryMediaTypes.some(
    (allowed) =>
      allowed === '*/*' || allowed === type || (allowed.endsWith('/*') && type.startsWith(allowed.slice(0, -1))),
  );
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** CLF, as API Gateway has it: 09/Apr/2015:12:34:56 +0000. */
function requestTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

const anonymous = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};
