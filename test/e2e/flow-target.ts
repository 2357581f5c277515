import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * A stack that runs: `npm start`, an emulated account, or a real one. Chapters speak to it as clients do, by the public URL only;
 * what stands between that URL and the socket is the target's business. The stack is not changed for the suite.
 *
 * A run signs up 4 users. A source may sign up 10 times an hour, so that a second run within the hour passes too; a third needs
 * another source address.
 */
export interface FlowTarget {
  /** Base URL and issuer, with the stage's path on the execute-api host; no trailing slash. */
  readonly url: string;
  /**
   * Takes URLs below `url` and reaches the stack, without following redirects by itself. `connectAt` makes one for a stack that
   * listens elsewhere than its public URL says. @default - the global fetch
   */
  readonly fetch?: typeof fetch;
  /** A mail address of this run for a person's name: new in each run, and one that the stack may send to. @default - example.com */
  readonly address?: (name: string) => string;
  /** Told each address before it signs up, so that its user can be removed afterwards. @default - nobody is told */
  readonly onSignUp?: (email: string) => void;
  /** The newest link to `endpoint` that was mailed to this address, as it stands in the mail; waits for it. */
  readonly mailedLink: (to: string, endpoint: MailedEndpoint) => Promise<string>;
  /** The names of all audit events so far. @default - they cannot be read, and are not looked at */
  readonly auditEvents?: () => Promise<readonly string[]>;
  /** An origin in the stack's `trustedOrigins`. @default - none but the base URL's own */
  readonly trustedOrigin?: string;
  /** `aud` of the tokens. @default - `url` */
  readonly audience?: string;
  /** Access to rows, to age a session instead of waiting for days. @default - none; what needs it is left out */
  readonly identityTable?: { readonly client: DynamoDBClient; readonly name: string };
}

/** Path of a mailed link below the base URL. */
export type MailedEndpoint = '/api/auth/verify-email' | '/api/auth/reset-password';
