import { Duration, Validations } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { originSecretHeader } from '../contract/client-address.ts';
import { routes } from '../contract/routes.ts';
import type { AuthApi } from './auth-api.ts';
import type { OriginSecrets } from './origin-secrets.ts';

export interface EdgeDistributionProps {
  /** With a name of its own, on which the distribution answers too. */
  readonly api: AuthApi;
  /** A certificate for that name in us-east-1, where CloudFront looks for certificates. */
  readonly certificate: ICertificate;
  /** A web ACL for CloudFront. */
  readonly webAclArn: string;
  /** What proves the distribution to the API. */
  readonly originSecrets: OriginSecrets;
  /** TLS versions and ciphers between clients and CloudFront. @default - TLS 1.2 and 1.3 with forward secrecy */
  readonly minimumProtocolVersion?: cloudfront.SecurityPolicyProtocol;
  /** Let the address records of the API's zone lead here. @default true */
  readonly records?: boolean;
}

/** CloudFront keeps errors for 10 seconds by itself: what one client was refused, the next one would be. */
const uncachedErrors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/**
 * CloudFront in front of the API, on the API's own name. It passes everything on, with the client's address and a secret that proves where
 * the request comes from; only the key set and discovery are kept. It does not lock the API: that is up to the firewall and the function
 * behind it.
 */
export class EdgeDistribution extends Construct {
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, id: string, props: EdgeDistributionProps) {
    super(scope, id);
    const { api, originSecrets } = props;
    if (!api.domain) throw new Error('api: has no domainName; allowed is an API with a name of its own');
    const behavior = this.behavior(api.domain.domain.domainNameAliasDomainName, originSecrets.sent);
    const documents = { ...behavior, ...this.keptDocuments() };
    this.distribution = new cloudfront.Distribution(this, 'Resource', {
      comment: 'Gatehouse: in front of the authentication API',
      domainNames: [api.domain.domain.domainName],
      certificate: props.certificate,
      minimumProtocolVersion: props.minimumProtocolVersion ?? cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      webAclId: props.webAclArn,
      defaultBehavior: behavior,
      additionalBehaviors: { [routes.jwks]: documents, [routes.discovery]: documents },
      errorResponses: uncachedErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    if (props.records ?? true) api.domain.leadTo(new CloudFrontTarget(this.distribution));
    // What accepts a new secret is there before it is sent.
    this.distribution.node.addDependency(originSecrets);
    acknowledge(this.distribution);
  }

  /** The Host header goes along: API Gateway answers on the API's name only, and CloudFront asks for that name in TLS. */
  private behavior(domainName: string, secret: string): cloudfront.BehaviorOptions {
    return {
      origin: new HttpOrigin(domainName, {
        protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
        readTimeout: Duration.seconds(30),
        customHeaders: { [originSecretHeader]: secret },
      }),
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: new cloudfront.OriginRequestPolicy(this, 'Everything', {
        comment: "Gatehouse: all that the client sent, and the client's address",
        headerBehavior: cloudfront.OriginRequestHeaderBehavior.all('CloudFront-Viewer-Address'),
        cookieBehavior: cloudfront.OriginRequestCookieBehavior.all(),
        queryStringBehavior: cloudfront.OriginRequestQueryStringBehavior.all(),
      }),
    };
  }

  /** Public documents that are the same for everyone: kept for as long as the function says, at most for an hour. */
  private keptDocuments(): Partial<cloudfront.BehaviorOptions> {
    return {
      allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
      cachePolicy: new cloudfront.CachePolicy(this, 'Documents', {
        comment: 'Gatehouse: the key set and discovery',
        minTtl: Duration.seconds(0),
        defaultTtl: Duration.seconds(0),
        maxTtl: Duration.hours(1),
        enableAcceptEncodingGzip: true,
        enableAcceptEncodingBrotli: true,
      }),
    };
  }
}

function acknowledge(distribution: cloudfront.Distribution): void {
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'The web ACL at the edge blocks countries, where its rules say so.' },
    {
      id: 'AwsSolutions-CFR3',
      reason:
        "CloudFront's log holds whole queries, and mailed links carry tokens there. The API's access log has every request, and the firewall's log what did not get so far.",
    },
  );
}
