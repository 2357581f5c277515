import * as z from 'zod';

const multiValues = z.record(z.string(), z.array(z.string())).nullish();

/**
 * The part of an API Gateway REST proxy event (payload format 1.0) that is read. Source: API Gateway developer guide, "Input
 * format of a Lambda function for proxy integration".
 */
export const proxyEvent = z.object({
  httpMethod: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
  path: z.string().startsWith('/').max(2048),
  multiValueHeaders: multiValues,
  multiValueQueryStringParameters: multiValues,
  requestContext: z.object({
    requestId: z.string().min(1).max(128),
    identity: z.object({ sourceIp: z.union([z.ipv4(), z.ipv6()]), userAgent: z.string().nullish() }),
  }),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

export type ProxyEvent = z.infer<typeof proxyEvent>;
