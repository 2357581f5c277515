import { Duration, Stack } from 'aws-cdk-lib';
import { IdentitySource, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { AuthorizerSettings } from '../contract/authorizer.ts';
import { environment } from '../contract/environment.ts';
import { functionFolder } from './bundle.ts';
import { encryptionKey } from './encryption-key.ts';
import { encryptedLogGroup } from './log-group.ts';
import { NodeFunction } from './node-function.ts';

export interface LambdaAuthorizerProps {
  readonly settings: AuthorizerSettings;
  readonly resultsCacheTtl?: Duration;
  readonly reservedConcurrency?: number;
  readonly logsKey?: IKey;
  readonly logRetention?: RetentionDays;
  readonly code?: Code;
}

/** The function that verifies tokens, and the REQUEST authorizer by which API Gateway asks it. */
export class LambdaAuthorizer extends Construct {
  /** Of the type REQUEST and not TOKEN, so that the function sees it when a client sends the header twice. */
  readonly authorizer: RequestAuthorizer;
  readonly function: NodeFunction;

  constructor(scope: Construct, id: string, props: LambdaAuthorizerProps) {
    super(scope, id);
    this.function = new NodeFunction(this, 'Function', {
      description: 'Gatehouse: verifies tokens for an API',
      code: props.code ?? Code.fromAsset(functionFolder('authorizer')),
      logGroup: encryptedLogGroup(this, 'Logs', {
        encryptionKey: props.logsKey ?? encryptionKey(this, 'LogsKey', "Gatehouse: the authorizer's logs"),
        retention: props.logRetention ?? RetentionDays.ONE_YEAR,
      }),
      // Below 512 MB, the share of a CPU makes the first request wait for the bundle and for TLS.
      memorySize: 512,
      reservedConcurrency: props.reservedConcurrency,
      environment: { [environment.authorizer]: Stack.of(this).toJsonString(props.settings) },
    });
    this.authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: this.function,
      identitySources: [IdentitySource.header(props.settings.identityHeader)],
      resultsCacheTtl: props.resultsCacheTtl ?? Duration.minutes(1),
    });
  }
}
