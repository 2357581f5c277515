import { parseArgs } from 'node:util';

/** What `npm run test:e2e` was asked to do. */
export interface RunOptions {
  /** Base URL and issuer. */
  readonly url: string;
  /** People get addresses `<local part>+gatehouse-<run>-<name>` in this mailbox. @default - addresses at example.com */
  readonly email?: string;
  /** A shell command that prints mail. @default - links are asked for on the terminal */
  readonly mailCommand?: string;
  /** @default - users stay */
  readonly identityTable?: string;
  /** @default - the base URL's own origin */
  readonly trustedOrigin?: string;
  /** @default - the base URL */
  readonly audience?: string;
}

/** A mistake in how the command was called: the process ends with exit code 2. */
export class UsageError extends Error {}

const flags = {
  url: { type: 'string' },
  email: { type: 'string' },
  'mail-command': { type: 'string' },
  'identity-table': { type: 'string' },
  'trusted-origin': { type: 'string' },
  audience: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * @param terminal Whether someone can answer on standard input.
 * @returns 'help' when that was asked for.
 * @throws UsageError that names the flag, what it is and what is allowed.
 */
export function readRunOptions(args: readonly string[], terminal: boolean): RunOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const { email, audience, 'mail-command': mailCommand, 'identity-table': identityTable } = values;
  const url = baseUrl(values.url);
  const trustedOrigin = values['trusted-origin'];
  if (email === undefined && !isLoopback(url)) {
    throw new UsageError('--email is missing; without it mail would go to addresses at example.com, and bounce');
  }
  if (email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw new UsageError(`--email is '${email}'; allowed is an address such as you@example.com`);
  }
  if (mailCommand === undefined && !terminal) {
    throw new UsageError('--mail-command is missing, and there is no terminal to paste the links from the mail into');
  }
  if (trustedOrigin !== undefined && !isOrigin(trustedOrigin)) {
    throw new UsageError(
      `--trusted-origin is '${trustedOrigin}'; allowed is an origin such as https://app.example.com`,
    );
  }
  return {
    url,
    ...(email !== undefined && { email }),
    ...(mailCommand !== undefined && { mailCommand }),
    ...(identityTable !== undefined && { identityTable }),
    ...(trustedOrigin !== undefined && { trustedOrigin }),
    ...(audience !== undefined && { audience }),
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false });
    for (const [name, value] of Object.entries(values)) if (value === '') throw new Error(`--${name} is empty`);
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function baseUrl(given: string | undefined): string {
  if (given === undefined) throw new UsageError('--url is missing; give the base URL of a stack');
  const wrong = (allowed: string) => new UsageError(`--url is '${given}'; allowed is ${allowed}`);
  if (!URL.canParse(given)) throw wrong('a URL such as https://auth.example.com');
  const url = new URL(given);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(given))) {
    throw wrong('https, or http on this machine');
  }
  if (url.username || url.password || url.search || url.hash) throw wrong('a URL without user, query and fragment');
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith('/api/auth')) throw wrong(`the base URL, without /api/auth: ${url.origin}${path.slice(0, -9)}`);
  return url.origin + path;
}

const isLoopback = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

export const usage = `Usage: npm run test:e2e -- --url URL [options]

Runs the end-to-end suite against a stack that is deployed. It signs up 4 users there; see docs/end-to-end.md.

  --url URL               the stack's output BaseUrl
  --email ADDRESS         a mailbox of yours that takes plus addresses; all mail goes there
  --mail-command COMMAND  prints the mail to the address in $MAIL_TO, newest first; without it you are asked for the links
  --identity-table NAME   remove the users at the end from this table, with the AWS credentials of the environment
  --trusted-origin ORIGIN one of the stack's trustedOrigins; the base URL's own otherwise
  --audience AUDIENCE     the tokens' audience; the base URL otherwise
  --help                  show this
`;
