import { Names, Stack, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { routes } from '../contract/routes.ts';
import { accessLogFormat } from './access-log.ts';
import { CustomDomain } from './custom-domain.ts';
import { encryptionKey } from './encryption-key.ts';
import { addGatewayResponses, soleWebOrigin } from './gateway-responses.ts';
import { encryptedLogGroup } from './log-group.ts';

export interface AuthApiProps {
  /** The stage in API Gateway, and in the path on the execute-api host. @default - 'live' */
  readonly stageName?: string;
  /** The API's own name; the execute-api host is then switched off. @default - the execute-api host */
  readonly domainName?: string;
  /** A certificate for `domainName`. @default - a new one, validated through `hostedZone` */
  readonly certificate?: ICertificate;
  /** The zone that gets the records of `domainName`. @default - you create the records */
  readonly hostedZone?: IHostedZone;
  /** The public base URL, where something else stands in front. @default - from the domain or the execute-api host */
  readonly baseUrl?: string;
  /** Origins that call the API; if there is exactly one, it can read API Gateway's own errors. @default - none */
  readonly trustedOrigins?: readonly string[];
  /** TLS versions and ciphers. @default - TLS 1.3 and 1.2 with forward secrecy and post-quantum key exchange */
  readonly securityPolicy?: apigateway.SecurityPolicy;
  /** Requests per second, and as many again in a burst. @default - 500 */
  readonly throttle?: number;
  /** Sign-ins and sign-ups per second, each, and as many again in a burst. @default - 50 */
  readonly credentialThrottle?: number;
  /** Encrypts the logs. @default - a new customer-managed key */
  readonly logsKey?: IKey;
  /** How long logs are kept. @default - 1 year */
  readonly logRetention?: RetentionDays;
  /** Set API Gateway's role for logs, one for the account and Region; without one no API can log. @default - true */
  readonly cloudWatchRole?: boolean;
  /** Send traces to X-Ray. @default - false */
  readonly tracing?: boolean;
}

const credentialPaths = ['sign-in', 'sign-up'];

/** Never data: mailed links carry tokens. */
const observation: apigateway.MethodDeploymentOptions = {
  loggingLevel: apigateway.MethodLoggingLevel.ERROR,
  dataTraceEnabled: false,
  metricsEnabled: true,
};

/** The REST API in front of the auth function. Call `serve` with the function once it exists. */
export class AuthApi extends Construct {
  readonly api: apigateway.RestApi;
  /** The public base URL and token issuer. Built of names, not of the deployed stage, so that the function may depend on it. */
  readonly baseUrl: string;
  private readonly stageName: string;

  constructor(scope: Construct, id: string, props: AuthApiProps = {}) {
    super(scope, id);
    for (const setting of ['certificate', 'hostedZone'] as const) {
      if (props[setting] && !props.domainName) {
        throw new Error(`${setting}: has no effect without domainName; give both or none`);
      }
    }
    this.stageName = props.stageName ?? 'live';
    const securityPolicy = props.securityPolicy ?? apigateway.SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
    this.api = this.createApi(props, securityPolicy);
    this.baseUrl = props.baseUrl ?? (props.domainName ? `https://${props.domainName}` : this.executeApiUrl());
    addGatewayResponses(this.api, soleWebOrigin(props.trustedOrigins ?? []));
    if (props.domainName) this.addDomain(props.domainName, props, securityPolicy);
    this.node.addValidation({
      validate: () =>
        this.api.methods.length > 0 ? [] : ["the API has no routes; call 'serve' with the auth function"],
    });
  }

  get stage(): apigateway.Stage {
    return this.api.deploymentStage;
  }

  /** Routes everything to `handler`: an alias, so that deployments can shift traffic. */
  serve(handler: IFunction): void {
    const integration = new apigateway.LambdaIntegration(handler, { proxy: true, allowTestInvoke: false });
    const requestValidator = this.api.addRequestValidator('Validator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    const route = (path: string, ...methods: string[]) => {
      const resource = this.api.root.resourceForPath(path);
      const requestParameters = path.endsWith('{proxy+}') ? { 'method.request.path.proxy': true } : undefined;
      for (const method of methods) resource.addMethod(method, integration, { requestValidator, requestParameters });
    };
    route(`${routes.authBase}/{proxy+}`, 'ANY');
    // POST apart from ANY, because throttles are set by concrete method.
    for (const path of credentialPaths) route(`${routes.authBase}/${path}/{proxy+}`, 'ANY', 'POST');
    for (const path of [routes.jwks, routes.discovery]) route(path, 'GET', 'HEAD', 'OPTIONS');
    route(routes.health, 'GET', 'HEAD');
  }

  /** Answers with a 5xx status. */
  metricServerError(options?: MetricOptions): Metric {
    return this.stage.metricServerError(options);
  }

  private executeApiUrl(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this.api.restApiId}.execute-api.${region}.${urlSuffix}/${this.stageName}`;
  }

  private createApi(props: AuthApiProps, securityPolicy: apigateway.SecurityPolicy): apigateway.RestApi {
    const throttle = props.throttle ?? 500;
    const credentialThrottle = props.credentialThrottle ?? 50;
    const logs = {
      encryptionKey: props.logsKey ?? encryptionKey(this, 'LogsKey', 'Gatehouse: access logs'),
      retention: props.logRetention ?? RetentionDays.ONE_YEAR,
    };
    const api = new apigateway.RestApi(this, 'Resource', {
      restApiName: Names.uniqueResourceName(this, { maxLength: 64 }),
      description: 'Gatehouse: the authentication API',
      endpointConfiguration: {
        types: [apigateway.EndpointType.REGIONAL],
        ipAddressType: apigateway.IpAddressType.DUAL_STACK,
      },
      disableExecuteApiEndpoint: props.domainName !== undefined,
      cloudWatchRole: props.cloudWatchRole ?? true,
      deployOptions: {
        stageName: this.stageName,
        accessLogDestination: new apigateway.LogGroupLogDestination(encryptedLogGroup(this, 'AccessLogs', logs)),
        accessLogFormat,
        ...observation,
        tracingEnabled: props.tracing ?? false,
        throttlingRateLimit: throttle,
        throttlingBurstLimit: throttle,
        methodOptions: Object.fromEntries(
          credentialPaths.map((path) => [
            `${routes.authBase}/${path}/{proxy+}/POST`,
            // A method's entry replaces the one for all, which says the same of logs and metrics.
            { ...observation, throttlingRateLimit: credentialThrottle, throttlingBurstLimit: credentialThrottle },
          ]),
        ),
      },
    });
    const resource = api.node.defaultChild as apigateway.CfnRestApi;
    resource.securityPolicy = securityPolicy;
    resource.endpointAccessMode = apigateway.EndpointAccessMode.STRICT;
    // Names the execute-api host, which may be off; the stack says where the API is.
    api.node.tryRemoveChild('Endpoint');
    // API Gateway would create this group itself, without a key and for ever.
    const executionLogs = encryptedLogGroup(this, 'ExecutionLogs', {
      ...logs,
      logGroupName: `API-Gateway-Execution-Logs_${api.restApiId}/${this.stageName}`,
    });
    api.deploymentStage.node.addDependency(executionLogs);
    acknowledge(api);
    return api;
  }

  private addDomain(domainName: string, props: AuthApiProps, securityPolicy: apigateway.SecurityPolicy): void {
    const { certificate, hostedZone } = props;
    const { domain } = new CustomDomain(this, 'Domain', { domainName, certificate, hostedZone, securityPolicy });
    domain.addBasePathMapping(this.api, { stage: this.stage });
  }
}

function acknowledge(api: apigateway.RestApi): void {
  const reason =
    'This API is what people sign in with, so it has to be open; the function authenticates each request itself.';
  Validations.of(api).acknowledge({ id: 'AwsSolutions-APIG4', reason }, { id: 'AwsSolutions-COG4', reason });
  const role = api.node.tryFindChild('CloudWatchRole');
  if (!role) return;
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    reason:
      'The setting belongs to the whole account and Region: the role has to do for every API there, as AWS defines it.',
  });
}
