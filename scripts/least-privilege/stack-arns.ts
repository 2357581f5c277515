import { account, region } from '../keys/policy/account.ts';
import { arnOf, type Resources, resolve } from '../keys/policy/resolve.ts';

/** A resource that is asked for, with its own policy where it has one. */
export interface Target {
  readonly arn: string;
  readonly policy?: unknown;
}

export const inAccount = (service: string, resource: string): Target => ({
  arn: `arn:aws:${service}:${region}:${account}:${resource}`,
});

/** Finds the resources of a template by type and a pattern of their logical ids. */
export class StackArns {
  private readonly resources: Resources;

  constructor(resources: Resources) {
    this.resources = resources;
  }

  find(type: string, pattern: RegExp): Target {
    const [id, ...others] = Object.keys(this.resources).filter(
      (id) => this.resources[id]!.Type === type && pattern.test(id),
    );
    if (id === undefined || others.length > 0) throw new Error(`not exactly one ${type} matches ${pattern}`);
    const resource = this.resources[id]!;
    return { arn: arnOf(id, resource), policy: this.policyOf(id) };
  }

  private policyOf(id: string): unknown {
    const { KeyPolicy } = this.resources[id]!.Properties;
    if (KeyPolicy) return resolve(KeyPolicy, this.resources);
    const policy = Object.values(this.resources).find(
      ({ Type, Properties }) =>
        /^AWS::(SQS::Queue|SNS::Topic|S3::Bucket)Policy$/.test(Type) &&
        JSON.stringify([Properties.Queues ?? Properties.Topics ?? Properties.Bucket].flat()) ===
          JSON.stringify([{ Ref: id }]),
    );
    return policy && resolve(policy.Properties.PolicyDocument, this.resources);
  }
}
