import { accessLogFormat } from '../../lib/access-log.ts';

/** Values as long as real ones; what is not named here is logged as `-`, as API Gateway does. */
const samples: Readonly<Record<string, string>> = {
  requestId: '00000000-0000-0000-0000-000000000000',
  extendedRequestId: 'AAAAAAAAAAAAAAA=',
  requestTime: '23/Nov/2026:00:00:00 +0000',
  'identity.sourceIp': '2001:db8:0000:0000:0000:0000:0000:0001',
  'identity.userAgent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  httpMethod: 'POST',
  domainName: 'auth.example.com',
  resourcePath: '/api/auth/{proxy+}',
  protocol: 'HTTP/1.1',
  tlsVersion: 'TLSv1.3',
  cipherSuite: 'TLS_AES_128_GCM_SHA256',
  status: '200',
  responseLength: '1000',
  responseLatency: '100',
  'integration.status': '200',
  'integration.latency': '100',
  'waf.status': '200',
  wafResponseCode: 'WAF_ALLOW',
  'waf.latency': '10',
};

/** Bytes of one line of the access log. */
export const accessLogBytes: number = Buffer.byteLength(
  accessLogFormat.toString().replaceAll(/\$context\.([\w.]+)/g, (_, name: string) => samples[name] ?? '-'),
);
