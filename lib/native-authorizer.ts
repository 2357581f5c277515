import { Lazy, Names, Validations } from 'aws-cdk-lib';
import {
  type AuthorizationType,
  Authorizer,
  CfnAuthorizer,
  IdentitySource,
  type IRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';

export interface NativeAuthorizerProps {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly requiredClaims: Readonly<Record<string, string>>;
  readonly identityHeader: string;
}

/**
 * API Gateway's own JWT authorizer, for one REST API. The construct library does not know it yet.
 * Source: API Gateway developer guide, "Control access to REST APIs using JWT authorizers".
 */
export class NativeAuthorizer extends Authorizer {
  readonly authorizerId: string;
  override readonly authorizationType = 'JWT' as AuthorizationType;
  private readonly jwtConfiguration: object;
  private restApi?: IRestApi;

  constructor(scope: Construct, id: string, props: NativeAuthorizerProps) {
    super(scope, id);
    this.jwtConfiguration = {
      DefaultAlgorithms: props.algorithms,
      Issuers: [
        {
          Issuer: props.issuer,
          Audiences: props.audiences,
          AdditionalClaims: Object.entries(props.requiredClaims).map(([ClaimName, value]) => ({
            ClaimName,
            Format: 'SINGLE_STRING',
            Required: true,
            ExpectedValues: [value],
          })),
        },
      ],
    };
    const resource = new CfnAuthorizer(this, 'Resource', {
      name: Names.uniqueId(this),
      restApiId: Lazy.string({ produce: () => this.restApi?.restApiId }),
      type: 'JWT',
      identitySource: IdentitySource.header(props.identityHeader),
    });
    resource.addPropertyOverride('JwtConfiguration', this.jwtConfiguration);
    Validations.of(resource).acknowledge({
      id: 'CloudFormation-Validate::F3002',
      reason: 'The schema in aws-cdk-lib is older than JwtConfiguration, which CloudFormation documents for this type.',
    });
    this.authorizerId = resource.ref;
    this.node.addValidation({
      validate: () => (this.restApi ? [] : ["no method uses the authorizer; give it as 'authorizer' to one"]),
    });
  }

  /** Called by aws-cdk-lib for each method that uses the authorizer. */
  override _attachToApi(restApi: IRestApi): void {
    if (this.restApi && this.restApi.restApiId !== restApi.restApiId) {
      throw new Error(
        `'${this.node.path}' protects '${this.restApi.node.path}' already; an authorizer is for one API, got '${restApi.node.path}'`,
      );
    }
    this.restApi = restApi;
    // A deployment keeps the authorizers as they were when it was made.
    restApi.latestDeployment?.node.addDependency(this);
    restApi.latestDeployment?.addToLogicalId({ jwtConfiguration: this.jwtConfiguration });
  }
}
