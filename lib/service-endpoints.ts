import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface ServiceEndpointsProps {
  /** Where the auth function runs. */
  readonly vpc: ec2.IVpc;
  /** Of the interface endpoints; those of the function. @default - the private subnets of `vpc` */
  readonly subnets?: ec2.SubnetSelection;
  /** Of the interface endpoints; they have to let HTTPS in from the function. @default - new ones, open to `vpc` */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
}

const { KMS, SECRETS_MANAGER, SQS } = ec2.InterfaceVpcEndpointAwsService;

/** What the auth function calls in AWS through an interface of the VPC; DynamoDB has a gateway. */
const services = { Kms: KMS, SecretsManager: SECRETS_MANAGER, Sqs: SQS };

/**
 * Private ways from a VPC to what the auth function needs in AWS: DynamoDB, KMS, Secrets Manager and SQS. Only principals of this account
 * come through. Sign-in with social providers and the check for breached passwords are calls to the internet, and need a NAT beside.
 */
export class ServiceEndpoints extends Construct {
  readonly dynamodb: ec2.GatewayVpcEndpoint;
  readonly interfaces: readonly ec2.InterfaceVpcEndpoint[];

  constructor(scope: Construct, id: string, props: ServiceEndpointsProps) {
    super(scope, id);
    const { vpc, subnets, securityGroups } = props;
    this.dynamodb = new ec2.GatewayVpcEndpoint(this, 'DynamoDb', {
      vpc,
      service: ec2.GatewayVpcEndpointAwsService.DYNAMODB,
      subnets: subnets && [subnets],
    });
    this.interfaces = Object.entries(services).map(
      ([name, service]) =>
        new ec2.InterfaceVpcEndpoint(this, name, {
          vpc,
          service,
          subnets,
          securityGroups: securityGroups && [...securityGroups],
          privateDnsEnabled: true,
        }),
    );
    for (const endpoint of [this.dynamodb, ...this.interfaces]) endpoint.addToPolicy(ofThisAccount(this));
  }
}

/** Keeps data from leaving to another account by credentials that someone brought into the VPC. */
const ofThisAccount = (scope: Construct): PolicyStatement =>
  new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: ['*'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Stack.of(scope).account } },
  });
