import {
  type BatchGetItemCommandInput,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { awsConfig } from '../../../support/tables.ts';

/**
 * What a request can meet.
 *
 * - `throttled`, `timed out`: it never reached the store.
 * - `answer lost`: it took effect, and nobody was told.
 * - `conflict`: another transaction was busy with the rows.
 * - `partial`: a batch of which the store answered one key only.
 */
export type Fault = 'throttled' | 'timed out' | 'answer lost' | 'conflict' | 'partial';

export interface FaultyClient {
  readonly client: DynamoDBClient;
  /** The commands that were sent since `arm`. */
  readonly sent: () => readonly string[];
  /** Whether a request met the fault. */
  readonly met: () => boolean;
  /** From now on the nth request, or every one from the nth, meets the fault. */
  arm(fault?: Fault, nth?: number, lasting?: boolean): void;
}

const named = (name: string) => Object.assign(new Error(name), { name, $metadata: {} });
const metadata = { message: 'busy', $metadata: {} };

/** Whether a request of the command can meet the fault. */
export function canMeet(command: string, fault: Fault): boolean {
  if (fault === 'partial') return command.startsWith('BatchGet');
  return fault !== 'conflict' || /^(Put|Update|Delete|TransactWrite)/.test(command);
}

/** A client whose requests can be made to fail where they leave the SDK, below its retries. */
export function faultyClient(endpoint: string, maxAttempts: number): FaultyClient {
  const client = new DynamoDBClient({ ...awsConfig(endpoint), retryStrategy: withoutDelay(maxAttempts) });
  let armed: { fault: Fault; nth: number; lasting: boolean } | undefined;
  let sent: string[] = [];
  let met = false;
  /** Partial answers are made of the input, which is known above; the fault belongs to the request sent below. */
  let partial = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const requested = (args.input as BatchGetItemCommandInput).RequestItems;
      const [table, { Keys: [first, ...others] = [] } = {}] = Object.entries(requested ?? {})[0] ?? [];
      const isNext =
        armed?.fault === 'partial' && (sent.length === armed.nth || (armed.lasting && sent.length > armed.nth));
      partial = isNext && context.commandName === 'BatchGetItemCommand' && others.length > 0;
      if (!partial || table === undefined || first === undefined) return next(args);
      met = true;
      const keys = (Keys: unknown[]) => ({ [table]: { Keys, ConsistentRead: true } });
      const answer = await next({ ...args, input: { RequestItems: keys([first]) } as unknown as typeof args.input });
      return { ...answer, output: { ...answer.output, UnprocessedKeys: keys(others) } };
    },
    { step: 'initialize', name: 'partial' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const at = sent.push(String(context.commandName)) - 1;
      const fault = armed && (at === armed.nth || (armed.lasting && at > armed.nth)) ? armed.fault : undefined;
      if (!fault || fault === 'partial' || !canMeet(String(context.commandName), fault)) return next(args);
      met = true;
      if (fault === 'answer lost') await next(args);
      if (fault === 'throttled') throw named('ThrottlingException');
      if (fault !== 'conflict') throw named('TimeoutError');
      if (!String(context.commandName).startsWith('Transact')) throw new TransactionConflictException(metadata);
      throw new TransactionCanceledException({
        ...metadata,
        CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
      });
    },
    { step: 'finalizeRequest', priority: 'low', name: 'fault' },
  );
  return {
    client,
    sent: () => sent,
    met: () => met,
    arm(fault, nth = 0, lasting = false) {
      armed = fault && { fault, nth, lasting };
      sent = [];
      met = false;
    },
  };
}

const passing = new Set(['ThrottlingException', 'TimeoutError']);

/** The retries of the SDK without their waits. */
function withoutDelay(maxAttempts: number) {
  const token = (attempts: number) => ({ getRetryCount: () => attempts, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async () => token(0),
    async refreshRetryTokenForRetry(previous: { getRetryCount(): number }, { error }: { error?: unknown }) {
      const attempts = previous.getRetryCount() + 1;
      if (attempts >= maxAttempts || !passing.has((error as Error).name)) throw error;
      return token(attempts);
    },
    recordSuccess: () => {},
  };
}
