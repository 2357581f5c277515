import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the runtime said instead of asking for an event, or instead of answering one. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  constructor(
    readonly code: 'INIT_FAILED' | 'INVOCATION_FAILED' | 'TIMED_OUT' | 'EXITED',
    message: string,
    /** The runtime's own name of the error. */
    readonly errorType?: string,
  ) {
    super(message);
  }
}

export interface RuntimeApi {
  /** `host:port`, for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** When the runtime first asked for an event. Rejects with `INIT_FAILED`, or `EXITED`. */
  readonly initialized: Promise<void>;
  /** @param onAnswer called when the answer is here and before it is acknowledged: Lambda may freeze from then on. */
  invoke(event: unknown, onAnswer?: () => void): Promise<unknown>;
  /** Fails what is waiting: the process has ended. */
  abandon(reason: string): void;
  stop(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly event: string;
  readonly onAnswer: (() => void) | undefined;
  resolve(answer: unknown): void;
  reject(error: RuntimeError): void;
}

const prefix = '/2018-06-01/runtime';

/**
 * Lambda's side of the Runtime API: one event at a time, in order. Source: Lambda developer guide, "Using the Lambda runtime
 * API for custom runtimes".
 *
 * @param timeout of an invocation, in milliseconds.
 */
export async function startRuntimeApi(functionName: string, timeout: number): Promise<RuntimeApi> {
  let started = () => {};
  let failed = (_error: RuntimeError) => {};
  const initialized = new Promise<void>((resolve, reject) => {
    started = resolve;
    failed = reject;
  });
  initialized.catch(() => {});
  const waiting: Invocation[] = [];
  let current: Invocation | undefined;
  let parked: ServerResponse | undefined;
  let timer: NodeJS.Timeout | undefined;

  function deliver(): void {
    const next = parked && waiting.shift();
    if (!parked || !next) return;
    current = next;
    parked.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': next.id,
      'lambda-runtime-deadline-ms': String(Date.now() + timeout),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:us-east-1:000000000000:function:${functionName}:live`,
      'lambda-runtime-trace-id': `Root=1-${next.id.slice(0, 8)}-${next.id.replaceAll('-', '').slice(0, 24)};Sampled=0`,
    });
    parked.end(next.event);
    parked = undefined;
    const { id } = next;
    timer = setTimeout(
      () => settle(id)?.reject(new RuntimeError('TIMED_OUT', `${functionName} did not answer within ${timeout} ms`)),
      timeout,
    );
  }

  function settle(id: string | undefined): Invocation | undefined {
    if (!current || current.id !== id) return undefined;
    const settled = current;
    current = undefined;
    clearTimeout(timer);
    return settled;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = request.url?.startsWith(prefix) ? request.url.slice(prefix.length) : '';
    if (request.method === 'GET' && route === '/invocation/next') {
      started();
      parked = response;
      return deliver();
    }
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    const [, id, kind] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(route) ?? [];
    if (route === '/init/error') failed(failure('INIT_FAILED', body));
    else {
      const answered = settle(id);
      answered?.onAnswer?.();
      if (kind === 'response') answered?.resolve(JSON.parse(body));
      else answered?.reject(failure('INVOCATION_FAILED', body));
    }
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  }

  // The runtime may be frozen for long; Lambda's side does not hang up on it.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    address: `127.0.0.1:${port}`,
    initialized,
    invoke: (event, onAnswer) =>
      new Promise((resolve, reject) => {
        waiting.push({ id: randomUUID(), event: JSON.stringify(event), onAnswer, resolve, reject });
        deliver();
      }),
    abandon(reason) {
      const error = new RuntimeError('EXITED', reason);
      failed(error);
      for (const { reject } of [settle(current?.id), ...waiting.splice(0)].filter((one) => one !== undefined)) {
        reject(error);
      }
    },
    stop: () =>
      new Promise((resolve) => {
        clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function failure(code: 'INIT_FAILED' | 'INVOCATION_FAILED', body: string): RuntimeError {
  const { errorType, errorMessage } = JSON.parse(body) as { errorType?: string; errorMessage?: string };
  return new RuntimeError(code, `${errorType}: ${errorMessage}`, errorType);
}
