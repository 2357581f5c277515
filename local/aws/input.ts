import { AwsError, type Input } from './protocol.ts';

/**
 * Readers of request members. They refuse in the words of the services: "1 validation error detected: Value … at 'keyId'
 * failed to satisfy constraint: …", as a ValidationException unless the service has another name for it.
 */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
}

export const text = (input: Input, member: string, limits: Limits = {}): string =>
  required(optionalText(input, member, limits), member);

export function optionalText(input: Input, member: string, limits: Limits = {}): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new AwsError('SerializationException', `${member} must be a string`);
  checkRange(value.length, member, 'length ', limits);
  if (limits.pattern && !limits.pattern.test(value))
    refuse(member, `Member must satisfy regular expression pattern: ${limits.pattern.source}`);
  if (limits.oneOf && !limits.oneOf.includes(value))
    refuse(member, `Member must satisfy enum value set: [${limits.oneOf.join(', ')}]`);
  return value;
}

export const blob = (input: Input, member: string, limits: Limits = {}): Buffer =>
  required(optionalBlob(input, member, limits), member);

export function optionalBlob(input: Input, member: string, limits: Limits = {}): Buffer | undefined {
  const encoded = optionalText(input, member);
  if (encoded === undefined) return undefined;
  const value = Buffer.from(encoded, 'base64');
  if (value.toString('base64') !== encoded) throw new AwsError('SerializationException', `${member} must be base64`);
  checkRange(value.length, member, 'length ', limits);
  return value;
}

export function optionalInteger(input: Input, member: string, limits: Limits = {}): number | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value)) throw new AwsError('SerializationException', `${member} must be an integer`);
  checkRange(value as number, member, 'value ', limits);
  return value as number;
}

export function texts(input: Input, member: string): string[] {
  const value = input[member] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new AwsError('SerializationException', `${member} must be a list of strings`);
}

function required<T>(value: T | undefined, member: string): T {
  if (value === undefined) refuse(member, 'Member must not be null');
  return value;
}

function checkRange(value: number, member: string, what: string, { min, max }: Limits): void {
  if (min !== undefined && value < min) refuse(member, `Member must have ${what}greater than or equal to ${min}`);
  if (max !== undefined && value > max) refuse(member, `Member must have ${what}less than or equal to ${max}`);
}

/** The offending value itself is left out: it can be a secret. */
function refuse(member: string, constraint: string): never {
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: ${constraint}`,
  );
}
