import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';

/** What goes over the IPC channel to this process, and back. */
export type ToHost = { readonly id: number; readonly event: unknown; readonly deadline: number };
export type FromHost =
  | { readonly type: 'ready' }
  | { readonly type: 'init-failed'; readonly error: HandlerError }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: HandlerError };

export interface HandlerError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** Stands where Lambda's runtime stands: loads the bundle named by the first argument and calls its `handler`. */
type Handler = (event: unknown, context: object) => unknown;

const send = (message: FromHost) => new Promise<void>((resolve) => process.send?.(message, () => resolve()));

// Ctrl-C reaches the whole terminal group; the parent ends this process in its turn, by closing the channel.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.once('disconnect', () => process.exit());

function describe(error: unknown): HandlerError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: '' };
  return { name: error.name, message: error.message, stack: error.stack ?? '' };
}

const context = (deadline: number) => ({
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
  awsRequestId: randomUUID(),
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
});

async function load(): Promise<Handler> {
  const module: { handler?: unknown } = await import(pathToFileURL(process.argv[2]!).href);
  if (typeof module.handler !== 'function') throw new Error("the bundle has no export 'handler'");
  return module.handler as Handler;
}

try {
  const handler = await load();
  process.on('message', async ({ id, event, deadline }: ToHost) => {
    try {
      const result = (await handler(event, context(deadline))) ?? null;
      await send({ type: 'result', id, result });
    } catch (error) {
      await send({ type: 'failed', id, error: describe(error) });
    }
  });
  await send({ type: 'ready' });
} catch (error) {
  await send({ type: 'init-failed', error: describe(error) });
  process.exit(1);
}
