import { Fn, Validations } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { AaaaRecord, ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { routes } from '../contract/routes.ts';
import { zoneNameOf } from './custom-domain.ts';
import { keySetDomainProblems } from './domain-settings.ts';
import { edgeAnswersCode } from './edge-answers-code.ts';
import { requireNoProblems } from './settings.ts';
import type { SigningKeys } from './signing-keys.ts';

/** The name under which CloudFront serves the key set. */
export interface KeySetDomain {
  /** 'keys.example.com'; not the API's own name. */
  readonly domainName: string;
  /** A certificate for it in us-east-1, where CloudFront looks for certificates. */
  readonly certificate: ICertificate;
  /** The zone that gets the address records. @default - you create the records */
  readonly hostedZone?: IHostedZone;
  /**
   * Name this address in discovery. Without, it answers and nobody is sent there: until its records are made, and before it goes, since
   * verifiers keep discovery for hours. @default - true
   */
  readonly inDiscovery?: boolean;
}

export interface KeySetDistributionProps extends KeySetDomain {
  /** The base URL; it stays the issuer. */
  readonly issuer: string;
  /** The keys that it publishes. */
  readonly signingKeys: SigningKeys;
}

/**
 * Serves the key set and discovery from CloudFront, so that verifiers depend neither on the API nor on its Region. A CloudFront
 * function holds the documents; a deployment that changes the keys changes them.
 */
export class KeySetDistribution extends Construct {
  /** Where discovery sends verifiers for the key set. */
  readonly jwksUri: string;
  /** Answers `/.well-known/jwks.json` and `/.well-known/openid-configuration`; for a distribution of your own in front of the API too. */
  readonly edgeFunction: cloudfront.Function;
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, id: string, props: KeySetDistributionProps) {
    super(scope, id);
    const { domainName, certificate, hostedZone, issuer, signingKeys } = props;
    requireNoProblems(
      keySetDomainProblems({
        name: ['domainName', domainName],
        certificateArn: ['certificate', certificate.certificateArn],
        zoneName: zoneNameOf(hostedZone),
        issuer,
      }),
    );
    this.jwksUri = `${(props.inDiscovery ?? true) ? `https://${domainName}` : issuer}${routes.jwks}`;
    this.edgeFunction = new cloudfront.Function(this, 'Answers', {
      comment: 'Gatehouse: the public signing keys',
      runtime: cloudfront.FunctionRuntime.JS_2_0,
      code: cloudfront.FunctionCode.fromInline(edgeAnswersCode(signingKeys.edgeAnswers(issuer, this.jwksUri))),
    });
    this.distribution = this.createDistribution(props);
    if (hostedZone) this.createRecords(hostedZone, domainName);
  }

  private createDistribution({ domainName, certificate, issuer }: KeySetDistributionProps): cloudfront.Distribution {
    const distribution = new cloudfront.Distribution(this, 'Resource', {
      comment: 'Gatehouse: the public signing keys',
      domainNames: [domainName],
      certificate,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        // CloudFront demands an origin, and asks it nothing: the function answers every request.
        origin: new HttpOrigin(Fn.select(2, Fn.split('/', issuer))),
        allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        functionAssociations: [{ eventType: cloudfront.FunctionEventType.VIEWER_REQUEST, function: this.edgeFunction }],
      },
    });
    acknowledge(distribution);
    return distribution;
  }

  private createRecords(zone: IHostedZone, domainName: string): void {
    const target = RecordTarget.fromAlias(new CloudFrontTarget(this.distribution));
    new ARecord(this, 'Ipv4', { zone, recordName: `${domainName}.`, target });
    new AaaaRecord(this, 'Ipv6', { zone, recordName: `${domainName}.`, target });
  }
}

function acknowledge(distribution: cloudfront.Distribution): void {
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'Verifiers may be anywhere; public keys are for all of them.' },
    { id: 'AwsSolutions-CFR2', reason: 'It answers two public documents from memory, and passes no request on.' },
    {
      id: 'AwsSolutions-CFR3',
      reason: 'Who reads a public key is no event of authentication, and nothing can be changed here.',
    },
  );
}
