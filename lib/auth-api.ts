import { Names, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { accessLogFormat } from './access-log.ts';
import { acknowledge } from './acknowledge.ts';
import { apiRoutes, credentialMethods, invokedPaths } from './auth-api-routes.ts';
import { authApiProblems } from './auth-api-settings.ts';
import { CustomDomain } from './custom-domain.ts';
import { encryptionKey } from './encryption-key.ts';
import { addGatewayResponses, soleWebOrigin } from './gateway-responses.ts';
import { encryptedLogGroup } from './log-group.ts';
import { requireNoProblems } from './settings.ts';

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
  /**
   * TLS versions and ciphers; TLS13_1_3_2025_09 is TLS 1.3 alone. @default - TLS 1.3 and 1.2 with forward secrecy and post-quantum key
   * exchange
   */
  readonly securityPolicy?: apigateway.SecurityPolicy;
  /** Requests per second, and as many again in a burst. @default - 500 */
  readonly throttle?: number;
  /**
   * The same for each method that takes a password or a code, or sends mail: sign-in, sign-up, second factor, password change and reset.
   * @default - 50
   */
  readonly credentialThrottle?: number;
  /** The same for single methods, as `{ 'POST /api/auth/sign-up/{proxy+}': 5 }`. @default - the two above */
  readonly throttles?: Readonly<Record<string, number>>;
  /** Gets the access log; give it a key and a retention. @default - a new one */
  readonly accessLogGroup?: ILogGroup;
  /** Encrypts the new log groups. @default - a new customer-managed key */
  readonly logsKey?: IKey;
  /** How long logs are kept. @default - 1 year */
  readonly logRetention?: RetentionDays;
  /** Set API Gateway's role for logs, one for the account and Region; without one no API can log. @default - true */
  readonly cloudWatchRole?: boolean;
  /** Send traces to X-Ray. @default - false */
  readonly tracing?: boolean;
}

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
  /** Absent without a `domainName`. */
  readonly domain?: CustomDomain;
  private readonly stageName: string;

  constructor(scope: Construct, id: string, props: AuthApiProps = {}) {
    super(scope, id);
    requireNoProblems(authApiProblems(props));
    this.stageName = props.stageName ?? 'live';
    const securityPolicy = props.securityPolicy ?? apigateway.SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
    this.api = this.createApi(props, securityPolicy);
    this.baseUrl = props.baseUrl ?? (props.domainName ? `https://${props.domainName}` : this.executeApiUrl());
    addGatewayResponses(this.api, soleWebOrigin(props.trustedOrigins ?? []));
    if (props.domainName) this.domain = this.addDomain(props.domainName, props, securityPolicy);
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
    const integration = this.integrate(handler);
    const requestValidator = this.api.addRequestValidator('Validator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    for (const { path, methods } of apiRoutes) {
      const resource = this.api.root.resourceForPath(path);
      const requestParameters = path.endsWith('{proxy+}') ? { 'method.request.path.proxy': true } : undefined;
      for (const method of methods) resource.addMethod(method, integration, { requestValidator, requestParameters });
    }
  }

  /** Requests. */
  metricCount(options?: MetricOptions): Metric {
    return this.stage.metricCount(options);
  }

  /** Answers with a 4xx status. */
  metricClientError(options?: MetricOptions): Metric {
    return this.stage.metricClientError(options);
  }

  /** Answers with a 5xx status. */
  metricServerError(options?: MetricOptions): Metric {
    return this.stage.metricServerError(options);
  }

  /** From request to answer, in milliseconds. */
  metricLatency(options?: MetricOptions): Metric {
    return this.stage.metricLatency(options);
  }

  /**
   * The integration of aws-cdk-lib would add a permission for every method, and one for the console's tests; these say the same of
   * whole paths, for this stage alone.
   */
  private integrate(handler: IFunction): apigateway.Integration {
    const principal = new ServicePrincipal('apigateway.amazonaws.com');
    for (const [id, path] of Object.entries(invokedPaths)) {
      const sourceArn = this.api.arnForExecuteApi('*', path, this.stageName);
      handler.addPermission(id, { scope: this, principal, sourceArn });
    }
    const path = `2015-03-31/functions/${handler.functionArn}/invocations`;
    return new apigateway.AwsIntegration({ proxy: true, service: 'lambda', path });
  }

  private executeApiUrl(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this.api.restApiId}.execute-api.${region}.${urlSuffix}/${this.stageName}`;
  }

  private createApi(props: AuthApiProps, securityPolicy: apigateway.SecurityPolicy): apigateway.RestApi {
    const throttle = props.throttle ?? 500;
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
        accessLogDestination: new apigateway.LogGroupLogDestination(
          props.accessLogGroup ?? encryptedLogGroup(this, 'AccessLogs', logs),
        ),
        accessLogFormat,
        ...observation,
        tracingEnabled: props.tracing ?? false,
        throttlingRateLimit: throttle,
        throttlingBurstLimit: throttle,
        methodOptions: methodThrottles(props),
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
    acknowledgePacks(api, props);
    return api;
  }

  private addDomain(domainName: string, props: AuthApiProps, securityPolicy: apigateway.SecurityPolicy): CustomDomain {
    const { certificate, hostedZone } = props;
    const customDomain = new CustomDomain(this, 'Domain', { domainName, certificate, hostedZone, securityPolicy });
    customDomain.domain.addBasePathMapping(this.api, { stage: this.stage });
    return customDomain;
  }
}

/** A method's entry replaces the one for all methods, so it says the same of logs and metrics. */
function methodThrottles(props: AuthApiProps): Record<string, apigateway.MethodDeploymentOptions> {
  const credentials = credentialMethods.map((method) => [method, props.credentialThrottle ?? 50] as const);
  return Object.fromEntries(
    Object.entries({ ...Object.fromEntries(credentials), ...props.throttles }).map(([method, rate]) => [
      method.replace(/^(\w+) (.*)$/, '$2/$1'),
      { ...observation, throttlingRateLimit: rate, throttlingBurstLimit: rate },
    ]),
  );
}

function acknowledgePacks(api: apigateway.RestApi, { tracing }: AuthApiProps): void {
  const open =
    'This API is what people sign in with, so it has to be open; the function authenticates each request itself.';
  acknowledge(api, 'APIG4', open);
  acknowledge(api, 'COG4', open);
  const stage = api.deploymentStage;
  acknowledge(stage, 'APIGWCacheEnabledAndEncrypted', 'Answers are about one session each: none may be cached.');
  acknowledge(
    stage,
    'APIGWSSLEnabled',
    'A client certificate proves API Gateway to HTTP backends. This backend is a Lambda function, which only API Gateway may invoke, by its resource policy.',
  );
  if (!tracing) {
    acknowledge(
      stage,
      'APIGWXrayEnabled',
      'Traces are charged by request and would repeat the access log and the audit log, which hold every request. The setting tracing turns them on.',
    );
  }
  const role = api.node.tryFindChild('CloudWatchRole');
  if (!role) return;
  acknowledge(
    role,
    'IAM4',
    'The setting belongs to the whole account and Region: the role has to do for every API there, as AWS defines it.',
    'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
  );
}
