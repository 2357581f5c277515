import { Token } from 'aws-cdk-lib';

/** Throws unless the value is allowed; a token is, since nobody knows it yet. */
function requireAllowed(setting: string, value: unknown, isAllowed: boolean, allowed: string): void {
  if (isAllowed || Token.isUnresolved(value)) return;
  throw new Error(`${setting}: ${JSON.stringify(value)} is not allowed; allowed ${allowed}`);
}

export function requireInteger(setting: string, value: number, least: number, most: number): number {
  const isAllowed = Number.isInteger(value) && value >= least && value <= most;
  requireAllowed(setting, value, isAllowed, `are whole numbers from ${least} to ${most}`);
  return value;
}

/** For what is added up at synth: throws for a token too. */
export function requireKnownInteger(setting: string, value: number, least: number, most: number): number {
  if (!Token.isUnresolved(value)) return requireInteger(setting, value, least, most);
  throw new Error(
    `${setting}: a token is not allowed; allowed are whole numbers from ${least} to ${most}, known at synth`,
  );
}

export function requireOneOf<Value>(setting: string, value: Value, allowed: readonly Value[]): Value {
  requireAllowed(
    setting,
    value,
    allowed.includes(value),
    `are ${allowed.map((one) => JSON.stringify(one)).join(', ')}`,
  );
  return value;
}

export function requirePattern(setting: string, value: string, pattern: RegExp, allowed: string): string {
  requireAllowed(setting, value, pattern.test(value), allowed);
  return value;
}

/** Throws unless the list has as many entries as AWS WAF takes. */
export function requireLength<Entry>(
  setting: string,
  list: readonly Entry[],
  least: number,
  most: number,
): readonly Entry[] {
  if (Token.isUnresolved(list) || (list.length >= least && list.length <= most)) return list;
  throw new Error(`${setting}: ${list.length} entries are not allowed; allowed are ${least} to ${most}`);
}
