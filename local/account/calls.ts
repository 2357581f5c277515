import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One request to the emulated account, as record-calls.ts writes it. */
export interface RecordedCall {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly accessKeyId: string;
  /** The service of the signature: 'kms', 'dynamodb'. */
  readonly service: string;
  /** Absent where the caller is no Lambda function. */
  readonly functionName?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly target: string;
  readonly body: string;
}

/** An API call: `operation` as the API names it, which is not always the IAM action that it needs. */
export interface ApiCall {
  /** Epoch milliseconds. */
  readonly at: number;
  /** One name for each process that calls. */
  readonly process: string;
  readonly accessKeyId: string;
  readonly functionName?: string | undefined;
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** All calls so far, oldest first. */
export function readCalls(folder: string): ApiCall[] {
  const calls = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      // What follows the last line break is being written still.
      .slice(0, -1)
      .map((line) => apiCall(name, JSON.parse(line) as RecordedCall)),
  );
  return calls.sort((a, b) => a.at - b.at);
}

/** @throws for a request that has no name yet */
export function apiCall(process: string, call: RecordedCall): ApiCall {
  const { at, accessKeyId, functionName, service, target, body } = call;
  const base = { at, process, accessKeyId, functionName, service };
  if (target) return { ...base, operation: target.slice(target.lastIndexOf('.') + 1), input: JSON.parse(body || '{}') };
  const form = new URLSearchParams(body);
  const action = form.get('Action');
  if (action) return { ...base, operation: action, input: Object.fromEntries(form) };
  return { ...base, operation: restOperation(call), input: body.startsWith('{') ? JSON.parse(body) : {} };
}

/** Operations of services that name them by method and path. */
const restOperations: readonly [service: string, request: RegExp, operation: string][] = [
  ['ses', /^POST \/v2\/email\/outbound-emails$/, 'SendEmail'],
  ['s3', /^GET \/[^/]+\/?\?(.*&)?location/, 'GetBucketLocation'],
  ['s3', /^GET \/[^/]+\/?\?(.*&)?encryption/, 'GetBucketEncryption'],
  ['s3', /^GET \/[^/]+\/?\?(.*&)?list-type=2/, 'ListObjectsV2'],
  ['s3', /^HEAD \/[^/]+\/?(\?|$)/, 'HeadBucket'],
  ['s3', /^HEAD \/[^/]+\/[^?]/, 'HeadObject'],
  ['s3', /^GET \/[^/]+\/[^?]/, 'GetObject'],
  ['s3', /^PUT \/[^/]+\/[^?]/, 'PutObject'],
];

function restOperation({ service, method, path }: RecordedCall): string {
  const known = restOperations.find(([of, request]) => of === service && request.test(`${method} ${path}`));
  if (!known)
    throw new Error(`${service}: '${method} ${path}' has no name in restOperations of local/account/calls.ts`);
  return known[2];
}
