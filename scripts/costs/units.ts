import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

interface Capacity {
  readonly CapacityUnits?: number;
}

/** Adds up the request units that DynamoDB says a client used. */
export function countUnits(client: DynamoDBClient): {
  during(work: () => Promise<unknown>): Promise<{ readUnits: number; writeUnits: number }>;
} {
  let readUnits = 0;
  let writeUnits = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next({
        ...args,
        input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } as typeof args.input,
      });
      const { ConsumedCapacity } = result.output as { ConsumedCapacity?: Capacity | readonly Capacity[] };
      if (ConsumedCapacity === undefined) throw new Error(`${context.commandName}: DynamoDB did not say what it used`);
      const used = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      if (/^(Get|BatchGet|Query)/.test(String(context.commandName))) readUnits += used;
      else writeUnits += used;
      return result;
    },
    { step: 'initialize' },
  );
  return {
    async during(work) {
      readUnits = 0;
      writeUnits = 0;
      await work();
      return { readUnits, writeUnits };
    },
  };
}
