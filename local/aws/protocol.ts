/** The account and Region of every local resource. */
export const account = '000000000000';
export const region = 'us-east-1';

/** The members of a request, not yet validated. */
export type Input = Readonly<Record<string, unknown>>;

export type Operation = (input: Input) => object | Promise<object>;

/** A service of the AWS JSON protocols, whose operations are named by the header `X-Amz-Target: <prefix>.<operation>`. */
export interface JsonService {
  readonly targetPrefix: string;
  readonly contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1';
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An error as the service itself answers it: the SDK turns `type` into the name of the exception. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;
  /** SQS only: the code of the older query protocol, which the SDK shows as the name of the exception. */
  readonly queryCode: string | undefined;

  constructor(type: string, message: string, options: { status?: number; queryCode?: string } = {}) {
    super(message);
    this.type = type;
    this.status = options.status ?? 400;
    this.queryCode = options.queryCode;
  }
}

/** Seconds since the epoch, with fraction: a timestamp in the JSON protocols. */
export const timestamp = (milliseconds: number): number => milliseconds / 1_000;
