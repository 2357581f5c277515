import { fileURLToPath } from 'node:url';
import { Stack, type StackProps } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { JwtAuthorizer } from 'cdk-gatehouse';
import type { Construct } from 'constructs';

/** A REST API that takes Gatehouse's tokens. The context says whose (`issuer`), for whom (`audience`), and who verifies (`mode`). */
export class ResourceApiStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const issuer: string = this.node.getContext('issuer');
    const audience: string = this.node.getContext('audience');
    const mode: 'lambda' | 'native' = this.node.getContext('mode');

    const orders = new NodejsFunction(this, 'Orders', {
      entry: fileURLToPath(new URL('handler.ts', import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      bundling: { format: OutputFormat.ESM },
      environment: { ISSUER: issuer, AUDIENCE: audience },
    });

    const api = new RestApi(this, 'Api', {
      cloudWatchRole: false,
      defaultIntegration: new LambdaIntegration(orders),
      // For all methods, so that none that is added later is open.
      defaultMethodOptions: { authorizer: new JwtAuthorizer(this, 'Authorizer', { mode, issuer, audience }) },
    });
    const resource = api.root.addResource('orders');
    resource.addMethod('GET');
    resource.addMethod('DELETE');
  }
}
