import { type Stage, stages } from '../../contract/environment.ts';
import { oneOf, readFlags } from '../arguments.ts';
import { AdminError } from './admin-error.ts';

/** What each command takes: words behind it, and flags beside those of all. */
const syntax = {
  create: { words: ['EMAIL'], flags: ['name', 'role'] },
  promote: { words: ['USER'], flags: ['role'] },
  demote: { words: ['USER'], flags: [] },
  show: { words: ['USER'], flags: [] },
  sessions: { words: ['USER'], flags: [] },
  unlock: { words: ['USER'], flags: [] },
  revoke: { words: ['USER'], flags: ['session'] },
  disable: { words: ['USER'], flags: ['reason'] },
  enable: { words: ['USER'], flags: [] },
  export: { words: ['USER'], flags: [] },
  erase: { words: ['USER'], flags: [] },
  events: { words: [], flags: ['since', 'user', 'limit'] },
  check: { words: [], flags: ['read-units'] },
} as const;

export type CommandName = keyof typeof syntax;

/** Where it acts: the stack of a stage, one by its name, or that of `npm start`. */
export type Place =
  | { readonly kind: 'stack'; readonly stack: string; readonly stage?: Stage | undefined }
  | { readonly kind: 'local'; readonly url: string };

export interface Arguments {
  readonly command: CommandName;
  /** The address or id of a user, where the command takes one; otherwise ''. */
  readonly subject: string;
  readonly place: Place;
  readonly region?: string | undefined;
  /** The file of the Better Auth options that the stack runs with. @default - that of the stage, or lambda/auth/options.ts */
  readonly options?: string | undefined;
  readonly name?: string | undefined;
  readonly role?: string | undefined;
  readonly session?: string | undefined;
  readonly reason?: string | undefined;
  /** Seconds. */
  readonly since: number;
  readonly user?: string | undefined;
  readonly limit: number;
  readonly readUnits?: number | undefined;
  readonly yes: boolean;
  readonly json: boolean;
}

export const usage = `npm run admin -- <command> (--stage ${stages.join('|')} | --stack NAME | --local URL) [--yes] [--json]

  create EMAIL --name NAME [--role admin]    a new user without a password, whose address counts as verified
  promote USER [--role admin]                gives a user with a verified address the role
  demote USER                                gives the role 'user'
  show USER                                  the user, without secrets
  sessions USER                              the sessions
  unlock USER                                lifts all locks of sign-in
  revoke USER [--session ID]                 ends all sessions, or one
  disable USER [--reason 'why']              no sign-in from now on; ends all sessions
  enable USER                                the contrary
  export USER                                everything that is kept of the user, as JSON, without secrets
  erase USER                                 deletes it all
  events [--since 1h] [--user ID] [--limit 100]  what is on record, the newest last
  check [--read-units 500]                   proves that claims and owners in the table match

USER is an address or an id. --yes answers the question that destructive commands ask. --region names another Region than that of the
credentials, and --options the file of Better Auth options where it is not the one of the stage. Every use is an audit event.
Exit codes: 0 done, 1 failed, refused or found something wrong, 2 wrong call, 3 unknown stack, user or session, 4 no permission or no
credentials, 5 not confirmed.`;

const options = {
  stage: { type: 'string' },
  stack: { type: 'string' },
  local: { type: 'string' },
  region: { type: 'string' },
  options: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  session: { type: 'string' },
  reason: { type: 'string' },
  since: { type: 'string' },
  user: { type: 'string' },
  limit: { type: 'string' },
  'read-units': { type: 'string' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const ownFlags = ['name', 'role', 'session', 'reason', 'since', 'user', 'limit', 'read-units'] as const;

type Values = ReturnType<typeof readFlags<typeof options>>['values'];

/** Throws `AdminError` `USAGE`. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = readFlags(argv, options, wrong);
  const [first = '', ...words] = positionals;
  const command = oneOf('command', first, Object.keys(syntax) as CommandName[], wrong);
  const { words: expected, flags }: { words: readonly string[]; flags: readonly string[] } = syntax[command];
  if (words.length < expected.length) throw wrong(`${command} needs ${expected.join(' ')}`);
  if (words.length > expected.length) throw wrong(`'${words[expected.length]}' is not expected after ${command}`);
  for (const flag of ownFlags) {
    if (values[flag] !== undefined && !flags.includes(flag)) throw wrong(`--${flag} is not an option of ${command}`);
    if (values[flag]?.trim() === '') throw wrong(`--${flag} is empty`);
  }
  if (command === 'create' && values.name === undefined) throw wrong('create needs --name');
  return {
    ...values,
    command,
    subject: words[0] ?? '',
    place: placeOf(values),
    since: values.since === undefined ? 3600 : seconds(values.since),
    limit: values.limit === undefined ? 100 : count('--limit', values.limit),
    readUnits: values['read-units'] === undefined ? undefined : count('--read-units', values['read-units']),
    yes: values.yes,
    json: values.json,
  };
}

function placeOf({ stage, stack, local }: Values): Place {
  if ([stage, stack, local].filter((value) => value !== undefined).length !== 1) {
    throw wrong('give one of --stage, --stack and --local');
  }
  if (stack !== undefined) return { kind: 'stack', stack: stackName(stack) };
  if (local !== undefined) return { kind: 'local', url: loopback(local) };
  const known = oneOf('--stage', stage!, stages, wrong);
  return { kind: 'stack', stack: `Gatehouse-${known}`, stage: known };
}

function stackName(name: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9-]{0,127}$/.test(name)) return name;
  throw wrong(`--stack '${name}' is not allowed; allowed are letters, digits and '-', the first a letter`);
}

/** Nothing but this machine gets the local credentials. */
function loopback(text: string): string {
  const [, origin] = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?)\/?$/.exec(text) ?? [];
  if (origin) return origin;
  throw wrong(`--local '${text}' is not allowed; allowed is the address that npm start prints: http://localhost:3000`);
}

function seconds(text: string): number {
  const [, amount, unit = ''] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (amount) return Number(amount) * { m: 60, h: 3600, d: 86_400 }[unit as 'm' | 'h' | 'd'];
  throw wrong(`--since '${text}' is not allowed; allowed are minutes, hours and days, such as 30m, 12h or 7d`);
}

function count(flag: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw wrong(`${flag} '${text}' is not allowed; allowed are whole numbers from 1 to 99999`);
}

const wrong = (message: string) => new AdminError('USAGE', `${message}\n\n${usage}`);
