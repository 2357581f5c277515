import type { EventPattern } from 'aws-cdk-lib/aws-events';

/** A pattern for EventBridge, of at most 2,048 characters, and what a person is told. */
export interface TamperPattern {
  /** What was changed, in words that end a sentence. */
  readonly subject: string;
  readonly pattern: EventPattern;
}

/** One value that a field of an event may have. */
export type Match = string | { readonly prefix: string } | { readonly wildcard: string };

/** Alternatives for the parameters of a call, by name: services disagree on what they call the same thing. */
type Parameters = Readonly<Record<string, unknown>>;

export interface Call {
  /** `kms` for kms.amazonaws.com. */
  readonly services: readonly string[];
  readonly names: readonly Match[];
  /** Any of these parameters. @default - whatever they are */
  readonly parameters?: readonly Parameters[];
  /** ARNs of what it was done to, for the services that report them. @default - whatever it was */
  readonly resources?: readonly string[];
  /** Services that do the same in the course of things. @default - CloudFormation */
  readonly except?: readonly string[];
}

/**
 * A call of AWS's API as CloudTrail reports it. A deployment calls from `cloudformation.amazonaws.com`, which nobody can claim to be:
 * the stack itself is watched instead.
 */
export function callPattern({ services, names, parameters, resources, except = [] }: Call): EventPattern {
  const usual = ['cloudformation', ...except].map((service) => `${service}.amazonaws.com`);
  return {
    source: services.map((service) => `aws.${service}`),
    detailType: ['AWS API Call via CloudTrail'],
    detail: {
      eventName: names,
      sourceIPAddress: [{ 'anything-but': usual }],
      ...(resources && { resources: { ARN: resources } }),
      ...(parameters && oneOf(parameters.map((each) => ({ requestParameters: each })))),
    },
  };
}

const oneOf = (alternatives: readonly object[]): object =>
  alternatives.length === 1 ? alternatives[0]! : { $or: alternatives };

/** A name, an ARN that ends with it, or one that goes on behind it. */
export const containing = (...names: readonly string[]): Match[] => names.map((name) => ({ wildcard: `*${name}*` }));
export const startingWith = (...prefixes: readonly string[]): Match[] => prefixes.map((prefix) => ({ prefix }));
