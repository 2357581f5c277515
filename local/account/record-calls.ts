import { appendFileSync } from 'node:fs';
import http, { type ClientRequest } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import type { RecordedCall } from './calls.ts';

/**
 * Runs before a Node process that calls the emulated account, the CDK CLI or a Lambda function, and writes down what it calls.
 * Neither knows of it, so that both are the ones that AWS gets. Calls to a real endpoint would go over https, and are not seen.
 */
const folder = process.env.GATEHOUSE_CALLS_FOLDER;
const file = folder && join(folder, `${process.pid}.jsonl`);

if (file) {
  const { request } = http;
  http.request = ((...args: Parameters<typeof request>) => watched(request(...args))) as typeof request;
  syncBuiltinESMExports();
}

function watched(request: ClientRequest): ClientRequest {
  const credential = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(
    header(request, 'authorization'),
  );
  if (!credential) return request;
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as Uint8Array));
  };
  const { write, end } = request;
  request.write = ((...args: Parameters<typeof write>) => {
    keep(args[0]);
    return write.apply(request, args);
  }) as typeof write;
  request.end = ((...args: Parameters<typeof end>) => {
    keep(args[0]);
    // Parameters are text; what else a body holds, such as an asset, is of no interest.
    const isText = /json|urlencoded/.test(header(request, 'content-type'));
    const call: RecordedCall = {
      at: Date.now(),
      accessKeyId: credential[1]!,
      service: credential[2]!,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      method: request.method,
      path: request.path,
      target: header(request, 'x-amz-target'),
      body: isText ? Buffer.concat(chunks).toString() : '',
    };
    appendFileSync(file!, `${JSON.stringify(call)}\n`);
    return end.apply(request, args);
  }) as typeof end;
  return request;
}

const header = (request: ClientRequest, name: string): string => String(request.getHeader(name) ?? '');
