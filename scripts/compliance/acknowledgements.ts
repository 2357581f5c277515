import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** One rule that does not bind one construct, and why. */
export interface Acknowledgement {
  /** As cdk-nag writes it: `AwsSolutions-IAM5[Resource::*]`. */
  readonly id: string;
  /** Below its stack. */
  readonly path: string;
  readonly reason: string;
}

/** What the constructs below `root` say of rules. */
export function acknowledgements(root: IConstruct): Acknowledgement[] {
  return root.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => ({ id: id.replace(/^annotation::/i, ''), path: pathBelowStack(construct), reason })),
  );
}

const pathBelowStack = (construct: IConstruct): string =>
  construct.node.path.slice(Stack.of(construct).node.path.length + 1);
