import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';

export interface Trips {
  /** The longest chain of requests that waited for one another. */
  readonly chain: number;
  readonly total: number;
  readonly commands: readonly string[];
}

/** Counts the requests that a client sends. A request waited for all that had been answered when it started. */
export function countTrips(client: DynamoDBClient | KMSClient): {
  during(work: () => Promise<unknown>): Promise<Trips>;
} {
  let answered = 0;
  let chain = 0;
  let commands: string[] = [];
  // Their middleware stacks differ in the types of input and output only, which are not looked at.
  (client as DynamoDBClient).middlewareStack.add(
    (next, context) => async (args) => {
      const depth = answered + 1;
      chain = Math.max(chain, depth);
      commands.push(String(context.commandName));
      try {
        return await next(args);
      } finally {
        answered = Math.max(answered, depth);
      }
    },
    { step: 'initialize' },
  );
  return {
    async during(work) {
      answered = 0;
      chain = 0;
      commands = [];
      await work();
      return { chain, total: commands.length, commands };
    },
  };
}
