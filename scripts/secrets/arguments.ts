import { oneOf, readFlags } from '../arguments.ts';
import { SecretsError } from './secrets-error.ts';

const commands = ['show', 'rotate'] as const;

export interface Arguments {
  readonly command: (typeof commands)[number];
  /** ARN or name. */
  readonly secret: string;
  readonly leaked: boolean;
  /** Of Secrets Manager, where it is not AWS's. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
}

export const usage = `npm run secrets -- <command> --secret ARN-OR-NAME

  show                 the versions of Better Auth's secret, without their values
  rotate               adds one, which signs a quarter of an hour later; nobody is signed out
  rotate --leaked      the same, and nothing that the former versions signed counts any more: everybody is signed out

Needs credentials for the account, with secretsmanager:GetSecretValue and PutSecretValue on the secret and the use of its key.
--region names another Region than that of the credentials. --endpoint names a Secrets Manager that is not AWS's.`;

const options = {
  secret: { type: 'string' },
  leaked: { type: 'boolean' },
  endpoint: { type: 'string' },
  region: { type: 'string' },
} as const;

/** Throws `SecretsError` `USAGE`. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = readFlags(argv, options, wrong);
  const [name = '', ...more] = positionals;
  const command = oneOf('command', name, commands, wrong);
  if (more.length > 0) throw wrong(`'${more[0]}' is not expected`);
  if (!values.secret) throw wrong('--secret is missing');
  if (command === 'show' && values.leaked) throw wrong('--leaked is not an option of show');
  return { ...values, command, secret: values.secret, leaked: values.leaked ?? false };
}

const wrong = (message: string) => new SecretsError('USAGE', `${message}\n\n${usage}`);
