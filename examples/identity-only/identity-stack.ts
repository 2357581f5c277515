import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { AuthSecrets, IdentityTable } from 'cdk-gatehouse';
import type { Construct } from 'constructs';

/** An app that runs Better Auth by itself, and keeps its users in Gatehouse's table. */
export class IdentityStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const identities = new IdentityTable(this, 'Identities');
    const secrets = new AuthSecrets(this, 'Secrets');
    const handler = new NodejsFunction(this, 'Auth', {
      entry: 'handler.ts',
      runtime: Runtime.NODEJS_24_X,
      bundling: { format: OutputFormat.ESM },
      memorySize: 1024,
      timeout: Duration.seconds(10),
      environment: {
        TABLE: identities.table.tableName,
        SECRET: secrets.secret.secretArn,
        BASE_URL: this.node.getContext('baseUrl'),
      },
    });
    identities.grantReadWrite(handler);
    secrets.grantRead(handler);
    new RestApi(this, 'Api', { cloudWatchRole: false }).root.addProxy({
      defaultIntegration: new LambdaIntegration(handler),
    });
  }
}
