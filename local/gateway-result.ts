import type { ServerResponse } from 'node:http';
import { isBinary } from './gateway-event.ts';

/** A function's answer, checked as API Gateway checks it. */
export interface ProxyResult {
  readonly statusCode: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** API Gateway keeps these to itself, and sends the function's own under another name. Source: API Gateway, important notes. */
const remapped = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'host',
  'server',
  'www-authenticate',
]);
const dropped = new Set(['transfer-encoding', 'keep-alive', 'upgrade', 'trailer', 'te']);

/** @returns undefined for a malformed result, which API Gateway answers with 502. */
export function toProxyResult(value: unknown): ProxyResult | undefined {
  if (!isRecord(value)) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = value;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599 || !/^\d+$/.test(String(statusCode))) return undefined;
  if (![undefined, null].includes(body as null) && typeof body !== 'string') return undefined;
  if (![undefined, null].includes(isBase64Encoded as null) && typeof isBase64Encoded !== 'boolean') return undefined;
  const all = mergedHeaders(headers ?? {}, multiValueHeaders ?? {});
  return (
    all && {
      statusCode: status,
      headers: all,
      body: (body as string | null) ?? '',
      isBase64Encoded: isBase64Encoded === true,
    }
  );
}

/** A name that is in both is taken from `multiValueHeaders`. */
function mergedHeaders(single: unknown, multiple: unknown): Map<string, string[]> | undefined {
  if (!isRecord(single) || !isRecord(multiple)) return undefined;
  const all = new Map<string, string[]>();
  for (const [name, value] of Object.entries(single)) {
    if (!isHeaderValue(value)) return undefined;
    all.set(name.toLowerCase(), [String(value)]);
  }
  for (const [name, values] of Object.entries(multiple)) {
    if (!Array.isArray(values) || !values.every(isHeaderValue)) return undefined;
    all.set(name.toLowerCase(), values.map(String));
  }
  return all;
}

/** @param accept The request's Accept header: API Gateway decodes base64 only for a first type that is binary for this API. */
export function sendResult(
  response: ServerResponse,
  result: ProxyResult,
  options: { accept: string | undefined; binaryMediaTypes: readonly string[] },
): void {
  response.statusCode = result.statusCode;
  for (const [name, values] of result.headers) {
    if (dropped.has(name)) continue;
    response.setHeader(
      remapped.has(name) ? `x-amzn-remapped-${name}` : name,
      values.length === 1 ? values[0]! : values,
    );
  }
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
  const binary = result.isBase64Encoded && isBinary(options.accept?.split(',')[0], options.binaryMediaTypes);
  response.end(Buffer.from(result.body, binary ? 'base64' : 'utf8'));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isHeaderValue = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) && !/[\r\n]/.test(String(value));
