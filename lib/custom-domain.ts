import { Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AaaaRecord,
  ARecord,
  type CfnRecordSet,
  type IAliasRecordTarget,
  type IHostedZone,
  RecordTarget,
} from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { domainProblems } from './domain-settings.ts';
import { requireNoProblems } from './settings.ts';

export interface CustomDomainProps {
  /** 'auth.example.com' */
  readonly domainName: string;
  /** A certificate for it, in the API's Region. @default - a new one, validated through `hostedZone` */
  readonly certificate?: ICertificate;
  /** The zone that gets the address records. @default - you create the records */
  readonly hostedZone?: IHostedZone;
  readonly securityPolicy: apigateway.SecurityPolicy;
}

/** The API's own name: the certificate, the domain of API Gateway, and the DNS records. */
export class CustomDomain extends Construct {
  readonly domain: apigateway.DomainName;
  private readonly records: (ARecord | AaaaRecord)[] = [];

  constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);
    requireNoProblems(
      domainProblems({
        name: ['domainName', props.domainName],
        certificateArn: ['certificate', props.certificate?.certificateArn],
        zoneName: zoneNameOf(props.hostedZone),
        region: Stack.of(this).region,
      }),
    );
    this.domain = new apigateway.DomainName(this, 'Resource', {
      domainName: props.domainName,
      certificate: props.certificate ?? this.createCertificate(props),
      endpointType: apigateway.EndpointType.REGIONAL,
      securityPolicy: props.securityPolicy,
      endpointAccessMode: apigateway.EndpointAccessMode.STRICT,
    });
    const resource = this.domain.node.defaultChild as apigateway.CfnDomainName;
    resource.addPropertyOverride('EndpointConfiguration.IpAddressType', 'dualstack');
    if (props.hostedZone) this.createRecords(props.hostedZone, props.domainName);
  }

  private createCertificate({ domainName, hostedZone }: CustomDomainProps): Certificate {
    if (!hostedZone) {
      throw new Error(`domainName: '${domainName}' has neither 'certificate' nor 'hostedZone'; one of them is needed`);
    }
    return new Certificate(this, 'Certificate', {
      domainName,
      validation: CertificateValidation.fromDns(hostedZone),
    });
  }

  private createRecords(zone: IHostedZone, domainName: string): void {
    const target = RecordTarget.fromAlias(new ApiGatewayDomain(this.domain));
    this.records.push(
      new ARecord(this, 'Ipv4', { zone, recordName: `${domainName}.`, target }),
      new AaaaRecord(this, 'Ipv6', { zone, recordName: `${domainName}.`, target }),
    );
  }

  /** Lets the address records lead to something in front. They stay the same resources: a second pair of the name would be refused. */
  leadTo(target: IAliasRecordTarget): void {
    for (const record of this.records) {
      (record.node.defaultChild as CfnRecordSet).aliasTarget = target.bind(record);
    }
  }
}

/** A zone that was imported by its id alone does not know its name, and throws when asked. */
export function zoneNameOf(zone: IHostedZone | undefined): string | undefined {
  try {
    return zone?.zoneName;
  } catch {
    return undefined;
  }
}
