import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';

/**
 * One JSON line a request. The path is logged as its route only: links in mail carry tokens in the path and in the query.
 */
export const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    extendedRequestId: '$context.extendedRequestId',
    requestTime: '$context.requestTime',
    sourceIp: '$context.identity.sourceIp',
    userAgent: '$context.identity.userAgent',
    httpMethod: '$context.httpMethod',
    domainName: '$context.domainName',
    resourcePath: '$context.resourcePath',
    protocol: '$context.protocol',
    tlsVersion: '$context.tlsVersion',
    cipherSuite: '$context.cipherSuite',
    status: '$context.status',
    responseLength: '$context.responseLength',
    responseLatency: '$context.responseLatency',
    integrationStatus: '$context.integration.status',
    integrationLatency: '$context.integration.latency',
    errorResponseType: '$context.error.responseType',
    wafStatus: '$context.waf.status',
    wafResponseCode: '$context.wafResponseCode',
    wafLatency: '$context.waf.latency',
    wafError: '$context.waf.error',
  }),
);
