import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const isRead = (command: string | undefined, input: string) => ({
  ofUser: command === 'GetItemCommand' && /"pk":\{"S":"user:[^"]+"\},"sk":\{"S":"user"\}/.test(input),
  ofSessions: command === 'QueryCommand' && input.includes('"session#"'),
});

/**
 * Lets a rival act between the two reads of a client that looks at a user and at the user's sessions: behind the sessions and before
 * the user where both are read at once, else behind the sessions.
 */
export function rivalBetween(client: DynamoDBClient, rival: () => Promise<unknown>): void {
  let sessions: Promise<unknown> | undefined;
  let waiting = 0;
  let acted: Promise<unknown> | undefined;
  const act = () => {
    acted ??= rival();
    return acted;
  };
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { ofUser, ofSessions } = isRead(commandName, JSON.stringify(args.input));
        if (ofUser && !acted) {
          waiting++;
          // Until what was asked for at the same time is on its way.
          await new Promise((resolve) => setImmediate(resolve));
          if (sessions) await sessions.then(act);
          waiting--;
        }
        const answer = next(args);
        if (!ofSessions || acted) return answer;
        sessions = answer;
        const read = await answer;
        if (waiting === 0) await act();
        return read;
      },
    { step: 'initialize', priority: 'low' },
  );
}
