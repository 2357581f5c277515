import { readFlags } from '../arguments.ts';
import { InitError } from './init-error.ts';
import { type Answers, questionNames } from './questions.ts';

export interface Arguments {
  readonly given: Partial<Answers>;
  /** The name of the zone. @default - the domain without its first label */
  readonly zone?: string | undefined;
  readonly yes: boolean;
}

export const usage = `npm run init -- [--name NAME] [--domain NAME] [--zone-id ID [--zone NAME]] [--certificate-arn ARN]
  [--origins URL,URL] [--mail-from ADDRESS] [--admin-networks CIDR,CIDR] [--yes]

Writes gatehouse.config.ts with the stages dev and prod, and puts their signing keys on record in signing-keys.lock.json. What no flag
says is asked. It asks before it overwrites a configuration that was edited; --yes answers that. lambda/auth/options.ts stays as it is.`;

const text = { type: 'string' } as const;

const options = {
  name: text,
  domain: text,
  zone: text,
  'zone-id': text,
  'certificate-arn': text,
  origins: text,
  'mail-from': text,
  'admin-networks': text,
  yes: { type: 'boolean', default: false },
} as const;

/** Throws `InitError` `USAGE`. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = readFlags(argv, options, wrong);
  if (positionals.length > 0) throw wrong(`'${positionals[0]}' is not expected`);
  const given = questionNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const]));
  return { given: Object.fromEntries(given), zone: values.zone, yes: values.yes };
}

const wrong = (message: string) => new InitError('USAGE', `${message}\n\n${usage}`);
