import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Alias, Code } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { environment, type Stage } from '../contract/environment.ts';
import { type MetricName, metricDimension, metricNamespace } from '../contract/metrics.ts';
import type { SigningAlgorithm } from '../contract/signing.ts';
import { acknowledge } from './acknowledge.ts';
import { requireAuthOptions } from './auth-options.ts';
import { grantSecret } from './auth-secrets.ts';
import { functionFolder } from './bundle.ts';
import { type ClientAddressProps, clientAddressProblems, clientAddressVariable } from './client-address.ts';
import { networkProblems } from './function-network.ts';
import { capacityProblems } from './function-settings.ts';
import { grantIdentityTable } from './identity-table.ts';
import type { Mail } from './mail.ts';
import { NodeFunction } from './node-function.ts';
import { grantRateLimitTable } from './rate-limit-table.ts';
import { requireNoProblems, requireSettings } from './settings.ts';
import { tokenAlgorithmProblems } from './signing-key-config.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface AuthFunctionProps {
  /** `prod` refuses what makes it weaker. */
  readonly stage: Stage;
  /** The public base URL and token issuer: no trailing slash, no `/api/auth`. */
  readonly baseUrl: string;
  /** A table with the keys of `IdentityTable`. */
  readonly identityTable: ITable;
  /** A table with the keys of `RateLimitTable`. */
  readonly rateLimitTable: ITable;
  /** Holds Better Auth's secret: plain text, or what `npm run secrets` makes of it. */
  readonly secret: ISecret;
  /** Holds the client secrets of social providers: a JSON object, name → secret. @default - none */
  readonly providerSecrets?: ISecret;
  /** Holds the keys that go into password hashes, by id. @default - none */
  readonly pepper?: ISecret;
  /** The keys that sign its tokens; its role becomes the one that may. */
  readonly signingKeys: SigningKeys;
  /** Takes its mail. */
  readonly mail: Mail;
  /** Gets the function's logs and audit events. */
  readonly logGroup: ILogGroup;
  /** Origins that may call the API with credentials, beside the base URL's own. @default - none */
  readonly trustedOrigins?: readonly string[];
  /** Networks in CIDR notation that may use the admin endpoints, beside those of the operators' list. @default - none */
  readonly adminNetworks?: readonly string[];
  /** What stands in front and tells the client's address. @default - nothing: API Gateway's own */
  readonly clientAddress?: ClientAddressProps;
  /** Where discovery sends verifiers for the key set. @default - below the base URL */
  readonly jwksUri?: string;
  /** `aud` of the tokens. @default - the base URL */
  readonly tokenAudience?: string;
  /** Audiences whose tokens are signed with another algorithm than the default key's. @default - none */
  readonly tokenAlgorithms?: Readonly<Record<string, SigningAlgorithm>>;
  /** A file that exports your Better Auth options. @default - Gatehouse's own options */
  readonly authOptions?: string;
  /** The function's code. @default - Gatehouse's own, with `authOptions` */
  readonly code?: Code;
  /** In MB; CPU grows with it. @default - 1769, one whole vCPU: hashing a password keeps one busy */
  readonly memorySize?: number;
  /** Instances kept for this function, which also caps it. @default - no reservation */
  readonly reservedConcurrency?: number;
  /** Instances kept warm, of those reserved if there is a reservation. @default - none */
  readonly provisionedConcurrency?: number;
  /** Runs the function in this VPC, which needs endpoints or a way out for what it calls: see `ServiceEndpoints`. @default - in none */
  readonly vpc?: IVpc;
  /** Where in `vpc`. @default - its private subnets */
  readonly vpcSubnets?: SubnetSelection;
  /** Of the function in `vpc`. @default - a new one, which lets out HTTPS and lets nothing in */
  readonly securityGroups?: readonly ISecurityGroup[];
  /** Send traces to X-Ray. @default - false */
  readonly tracing?: boolean;
}

/** The function behind the API, with the one role that may sign tokens. Callers use `alias`. */
export class AuthFunction extends Construct {
  readonly function: NodeFunction;
  /** `live`: the version that serves. */
  readonly alias: Alias;
  readonly role: IRole;
  private readonly serviceName: string;

  constructor(scope: Construct, id: string, props: AuthFunctionProps) {
    super(scope, id);
    requireSettings(props);
    const { tokenAlgorithms = {} } = props;
    requireNoProblems([
      ...tokenAlgorithmProblems(tokenAlgorithms, props.signingKeys.keys).map((message) => ({
        setting: 'tokenAlgorithms',
        message,
      })),
      ...capacityProblems(props),
      ...clientAddressProblems(props.clientAddress),
      ...networkProblems(props),
    ]);
    this.serviceName = `gatehouse-${props.stage}`;
    if (!props.code) requireAuthOptions(this, props.authOptions, props);
    this.function = new NodeFunction(this, 'Resource', {
      description: 'Gatehouse: serves the authentication API',
      code: props.code ?? Code.fromAsset(functionFolder('auth', props.authOptions)),
      logGroup: props.logGroup,
      memorySize: props.memorySize ?? 1769,
      timeout: Duration.seconds(10),
      reservedConcurrency: props.reservedConcurrency,
      tracing: props.tracing,
      network: { vpc: props.vpc, vpcSubnets: props.vpcSubnets, securityGroups: props.securityGroups },
      environment: {
        [environment.stage]: props.stage,
        [environment.baseUrl]: props.baseUrl,
        [environment.trustedOrigins]: JSON.stringify(props.trustedOrigins ?? []),
        [environment.adminNetworks]: JSON.stringify(props.adminNetworks ?? []),
        ...(props.clientAddress && { [environment.clientAddress]: clientAddressVariable(props.clientAddress) }),
        [environment.identityTable]: props.identityTable.tableName,
        [environment.rateLimitTable]: props.rateLimitTable.tableName,
        [environment.secretArn]: props.secret.secretArn,
        ...(props.providerSecrets && { [environment.providerSecretsArn]: props.providerSecrets.secretArn }),
        ...(props.pepper && { [environment.pepperSecretArn]: props.pepper.secretArn }),
        [environment.signingKeys]: props.signingKeys.publishedKeys,
        [environment.mailQueueUrl]: props.mail.queue.queueUrl,
        ...(props.jwksUri && { [environment.jwksUri]: props.jwksUri }),
        ...(props.tokenAudience && { [environment.tokenAudience]: props.tokenAudience }),
        ...(Object.keys(tokenAlgorithms).length > 0 && {
          [environment.audienceAlgorithms]: JSON.stringify(tokenAlgorithms),
        }),
        POWERTOOLS_SERVICE_NAME: this.serviceName,
      },
    });
    // The template names the published keys by reference, so without this a rotation would not make a new version.
    this.function.invalidateVersionBasedOn(props.signingKeys.fingerprint);
    this.role = this.function.role!;

    grantIdentityTable(props.identityTable, this.role);
    grantRateLimitTable(props.rateLimitTable, this.role);
    grantSecret(props.secret, this.role);
    if (props.providerSecrets) grantSecret(props.providerSecrets, this.role);
    if (props.pepper) grantSecret(props.pepper, this.role);
    if (props.clientAddress) grantSecret(props.clientAddress.originSecret, this.role);
    props.signingKeys.grantSign(this.role);
    props.mail.grantQueue(this.role);
    grantMetrics(this.role);

    this.alias = this.function.addAlias('live', { provisionedConcurrentExecutions: props.provisionedConcurrency });
  }

  /** One of the function's own metrics. */
  metric(metricName: MetricName, options?: MetricOptions): Metric {
    return new Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap: { [metricDimension]: this.serviceName },
      statistic: 'Sum',
      ...options,
    });
  }
}

/** For the administrators' metrics. */
function grantMetrics(role: IRole): void {
  role.addToPrincipalPolicy(new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }));
  acknowledge(
    role,
    'IAM5',
    'cloudwatch:GetMetricData, and with tracing xray:PutTraceSegments and xray:PutTelemetryRecords, know no resources; AWS offers nothing narrower.',
    'Resource::*',
  );
}
