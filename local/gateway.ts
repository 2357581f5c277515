import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HtmlPage } from './audit-page.ts';
import { LocalError } from './errors.ts';
import { toEvent } from './gateway-event.ts';
import { sendResult, toProxyResult } from './gateway-result.ts';
import { closeServer, isLoopbackHost, listenOnLoopback } from './loopback.ts';

export interface GatewayOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly stage: string;
  /** Takes a Lambda proxy event; what it throws is answered with 502, as a function's failure is. */
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Content of pages that only the local stack has, by path; answered to GET as JSON. */
  readonly pages: Readonly<Record<string, () => unknown>>;
  /** The same for people: answered where the client asks for HTML, as browsers do. @default - none */
  readonly htmlPages?: Readonly<Record<string, HtmlPage>>;
  /** Told about failures that a client sees only as a 502. */
  readonly onError: (error: unknown) => void;
  /** As in the REST API. @default - none: bodies are text */
  readonly binaryMediaTypes?: readonly string[];
}

export interface LocalGateway {
  readonly port: number;
  stop(): Promise<void>;
}

/** What API Gateway accepts. */
const maxBodyBytes = 10 * 1024 * 1024;
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Stands where API Gateway stands: an HTTP server that turns requests into Lambda proxy events. It listens on the loopback
 * only, on both of its addresses, so that nobody else can be `localhost` on this port.
 *
 * @throws LocalError PORT_TAKEN
 */
export async function startGateway(options: GatewayOptions): Promise<LocalGateway> {
  const { binaryMediaTypes = [], htmlPages = {} } = options;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLoopbackHost(request.headers.host, request.socket.localPort ?? 0)) {
      return sendJson(response, 403, {
        code: 'HOST_NOT_ALLOWED',
        message: `the Host header must be localhost, 127.0.0.1 or [::1], with port ${request.socket.localPort}`,
      });
    }
    const [path = '/', query] = request.url?.split(/\?(.*)/s) ?? [];
    const html = Object.hasOwn(htmlPages, path) && request.method === 'GET' ? htmlPages[path] : undefined;
    if (html && /\btext\/html\b/.test(request.headers.accept ?? '')) return sendHtml(response, html, query);
    const page = Object.hasOwn(options.pages, path) ? options.pages[path] : undefined;
    if (page) return sendPage(request, response, page);
    if (!methods.has(request.method ?? '')) return sendJson(response, 403, { message: 'Missing Authentication Token' });
    const body = await readBody(request);
    if (!body) {
      response.setHeader('connection', 'close');
      return sendJson(response, 413, { message: `HTTP content length exceeded ${maxBodyBytes} bytes.` });
    }
    const result = await options.invoke(toEvent(request, body, { stage: options.stage, binaryMediaTypes }));
    const checked = toProxyResult(result);
    if (!checked)
      throw new Error(`the function's result is not a Lambda proxy result: ${JSON.stringify(keysOf(result))}`);
    sendResult(response, checked, { accept: request.headers.accept, binaryMediaTypes });
  }

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      options.onError(error);
      if (response.headersSent) return response.destroy();
      const timedOut = error instanceof LocalError && error.code === 'FUNCTION_TIMED_OUT';
      return timedOut
        ? sendJson(response, 504, { message: 'Endpoint request timed out' })
        : sendJson(response, 502, { message: 'Internal server error' });
    });
  };

  const servers = await listenOnLoopback(serve, options.port);
  return {
    port: (servers[0]!.address() as AddressInfo).port,
    async stop() {
      await Promise.all(servers.map(closeServer));
    },
  };
}

/** @returns undefined when it is larger than API Gateway takes. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function sendPage(request: IncomingMessage, response: ServerResponse, page: () => unknown): void {
  if (request.method === 'GET' || request.method === 'HEAD') {
    sendJson(response, 200, page());
  } else {
    response.setHeader('allow', 'GET, HEAD');
    sendJson(response, 405, { code: 'METHOD_NOT_ALLOWED', message: `${request.method} is not allowed; use GET` });
  }
}

/** For no other origin, nor for later. */
const ownHeaders = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

function sendHtml(response: ServerResponse, page: HtmlPage, query = ''): void {
  response.writeHead(200, {
    ...ownHeaders,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': page.contentSecurityPolicy,
    vary: 'accept',
  });
  response.end(page.html(new URLSearchParams(query)));
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...ownHeaders, 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}

/** The shape without the content, which can be secret. */
const keysOf = (value: unknown) => (typeof value === 'object' && value !== null ? Object.keys(value) : typeof value);
