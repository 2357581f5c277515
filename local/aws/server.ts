import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopbackHost } from '../loopback.ts';
import { cloudwatch } from './cloudwatch.ts';
import { kms } from './kms.ts';
import { type LocalLogGroup, logs } from './logs.ts';
import { AwsError, type Input, type JsonService } from './protocol.ts';
import { secretsManager } from './secrets-manager.ts';
import { type SentMail, sendEmailPath, ses } from './ses.ts';
import { sqs } from './sqs.ts';
import { openState } from './state.ts';

export interface AwsOptions {
  /** Where keys and secrets are kept between runs. @default - in memory, gone with the process */
  readonly stateFile?: string;
  /** Epoch milliseconds. @default - the system's clock */
  readonly now?: () => number;
  /** The one log group. @default - CloudWatch Logs is not served */
  readonly auditLog?: LocalLogGroup;
}

export interface LocalAws {
  /** For AWS_ENDPOINT_URL_KMS, _SECRETS_MANAGER, _SQS and _SESV2. */
  readonly endpoint: string;
  /** Newest first. */
  mail(): readonly SentMail[];
  /** Counts a log line that is a metric. */
  onLogLine(entry: Readonly<Record<string, unknown>>): void;
  stop(): Promise<void>;
}

const maxBodyBytes = 2 * 1024 * 1024;

/** Serves the operations that Gatehouse calls of KMS, Secrets Manager, SQS, SES, CloudWatch and CloudWatch Logs, on their wire protocols. */
export async function startAws({ stateFile, auditLog, now = Date.now }: AwsOptions = {}): Promise<LocalAws> {
  const store = openState(stateFile);
  let port = 0;
  const endpoint = () => `http://127.0.0.1:${port}`;
  const email = ses(now);
  const queues = sqs(endpoint, now);
  const metrics = cloudwatch();
  const services = [
    kms(store, now),
    secretsManager(store, now),
    queues,
    metrics,
    ...(auditLog ? [logs(auditLog)] : []),
  ];

  async function answer(request: IncomingMessage): Promise<Answer> {
    if (!isLoopbackHost(request.headers.host, port)) {
      throw new AwsError('AccessDeniedException', 'The Host header must name the loopback.', { status: 403 });
    }
    const target = request.headers['x-amz-target'];
    // No signature is checked, but a request without one did not come from an SDK; a web page cannot send it unasked either.
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
      throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', {
        status: target ? 400 : 403,
      });
    }
    if (request.method === 'POST' && typeof target === 'string') return jsonOperation(services, target, request);
    if (request.method === 'POST' && request.url === sendEmailPath) {
      return { contentType: 'application/json', body: email.sendEmail(await readInput(request)) };
    }
    throw new AwsError('UnknownOperationException', `${request.method} ${request.url} is not served locally.`, {
      status: 404,
    });
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (result) => send(response, 200, result),
      (error: unknown) => sendError(response, error),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;

  return {
    endpoint: endpoint(),
    mail: () => email.mail(),
    onLogLine: metrics.onLine,
    stop: () =>
      new Promise((resolve) => {
        queues.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly contentType: string;
  readonly body: object;
}

async function jsonOperation(
  services: readonly JsonService[],
  target: string,
  request: IncomingMessage,
): Promise<Answer> {
  const [prefix, name = ''] = target.split('.');
  const service = services.find(({ targetPrefix }) => targetPrefix === prefix);
  const operation = service && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (!service || !operation) throw new AwsError('UnknownOperationException', `${target} is not served locally.`);
  if (request.headers['content-type'] !== service.contentType) {
    throw new AwsError('SerializationException', `Content-Type must be ${service.contentType}.`);
  }
  return { contentType: service.contentType, body: await operation(await readInput(request)) };
}

async function readInput(request: IncomingMessage): Promise<Input> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes)
      throw new AwsError('RequestEntityTooLargeException', 'The request is too large.', { status: 413 });
    chunks.push(chunk);
  }
  try {
    const input: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Answered below: what was sent can hold a secret.
  }
  throw new AwsError('SerializationException', 'The request must be a JSON object.');
}

function send(
  response: ServerResponse,
  status: number,
  { contentType, body }: Answer,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': contentType, 'x-amzn-requestid': randomUUID(), ...headers });
  response.end(JSON.stringify(body));
}

function sendError(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof AwsError
      ? error
      : new AwsError('InternalFailure', `the local stack failed: ${String(error)}`, { status: 500 });
  const body = { __type: known.type, message: known.message };
  send(
    response,
    known.status,
    { contentType: 'application/x-amz-json-1.1', body },
    {
      'x-amzn-errortype': known.type,
      ...(known.queryCode && { 'x-amzn-query-error': `${known.queryCode};Sender` }),
    },
  );
}
