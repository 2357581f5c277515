import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { type FunctionNetwork, joinNetwork, networkOf } from './function-network.ts';

export interface NodeFunctionProps {
  readonly description: string;
  /** A folder with `index.mjs` that exports `handler`. */
  readonly code: lambda.Code;
  readonly logGroup: ILogGroup;
  readonly environment?: Record<string, string>;
  /** @default - 128 MB */
  readonly memorySize?: number;
  /** @default - 10 seconds */
  readonly timeout?: Duration;
  /** @default - no reservation */
  readonly reservedConcurrency?: number;
  /** @default - false */
  readonly tracing?: boolean;
  /** @default - in no VPC */
  readonly network?: FunctionNetwork;
}

/** The one shape of our functions: Node 24 on arm64, JSON logs into a given group, and a role of its own without managed policies. */
export class NodeFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const network = props.network ?? {};
    super(scope, id, {
      role,
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      memorySize: props.memorySize,
      timeout: props.timeout ?? Duration.seconds(10),
      reservedConcurrentExecutions: props.reservedConcurrency,
      tracing: props.tracing ? lambda.Tracing.ACTIVE : lambda.Tracing.DISABLED,
      environment: { NODE_ENV: 'production', ...props.environment },
      logGroup: props.logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      // Not above INFO: lines without a level, such as embedded metrics, count as INFO and would be dropped.
      applicationLogLevelV2: lambda.ApplicationLogLevel.INFO,
      systemLogLevelV2: lambda.SystemLogLevel.WARN,
      ...networkOf(network),
    });
    props.logGroup.grantWrite(role);
    if (network.vpc) joinNetwork(this, role, network);
    this.acknowledgePacks(role, props);
  }

  private acknowledgePacks(role: Role, { network, reservedConcurrency }: NodeFunctionProps): void {
    acknowledge(
      role,
      'IAMNoInlinePolicy',
      'The policy names the resources of this one function and ends with its role. A managed policy could be attached to other roles, and outlive this one.',
    );
    acknowledge(
      this,
      'LambdaDLQ',
      'A dead-letter queue takes events that nobody waits for. API Gateway and CloudFormation wait for the answer, and the mail queue has a dead-letter queue of its own.',
    );
    if (!network?.vpc) {
      acknowledge(
        this,
        'LambdaInsideVPC',
        'No network leads to the function: it is invoked through the API of Lambda. It calls AWS over TLS, signed as its role; there is nothing in a VPC that it uses.',
      );
    }
    if (reservedConcurrency === undefined) {
      acknowledge(
        this,
        'LambdaConcurrency',
        'The throttles of the API and the batches of the queue bound it. A reservation takes instances from the other functions of the account, so it is a setting of who deploys.',
      );
    }
  }
}
