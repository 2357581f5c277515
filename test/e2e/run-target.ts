import { appendFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { FlowTarget } from './flow-target.ts';
import { askedMailbox, commandMailbox } from './mailbox.ts';
import type { RunOptions } from './run-options.ts';

/** What the command hands to the process that runs the tests, in this variable, as JSON. */
export const runVariable = 'GATEHOUSE_E2E_RUN';

export interface Run extends RunOptions {
  /** Makes the addresses of this run its own. */
  readonly id: string;
  /** A file with the addresses that signed up, one a line. */
  readonly signedUpFile: string;
}

export function runTarget(run: Run): FlowTarget {
  const { url, email, mailCommand, identityTable, trustedOrigin, audience } = run;
  return {
    url,
    address: (name) => addressFor(email, `gatehouse-${run.id}-${name}`),
    onSignUp: (address) => appendFileSync(run.signedUpFile, `${address}\n`),
    mailedLink: mailCommand ? commandMailbox(url, mailCommand) : askedMailbox(url, process.stdin, process.stdout),
    ...(identityTable && { identityTable: { client: new DynamoDBClient({}), name: identityTable } }),
    ...(trustedOrigin && { trustedOrigin }),
    ...(audience && { audience }),
  };
}

function addressFor(mailbox: string | undefined, name: string): string {
  if (mailbox === undefined) return `${name}@example.com`;
  const at = mailbox.lastIndexOf('@');
  return `${mailbox.slice(0, at)}+${name}${mailbox.slice(at)}`;
}
