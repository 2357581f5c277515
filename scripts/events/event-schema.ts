import * as z from 'zod';

const uid = z.string().min(1).max(512);

const user = z.strictObject({
  uid: uid.optional().describe('id of the user'),
  name: z.literal('unknown').optional().describe('`unknown`, where there is no `uid`'),
  type_id: z.literal(0).optional().describe('0, where there is no `uid`'),
  email_hash: z
    .string()
    .length(43)
    .optional()
    .describe('HMAC-SHA-256 (base64url) of the address that was given, in lower case; Gatehouse’s own attribute'),
  email_addr: z.string().max(320).optional().describe('the address, where `audit.email` says so'),
});

/** Every attribute of `audit` in a line, and what it means. Names and types are those of OCSF 1.6. */
export const eventSchema = z.strictObject({
  event: z
    .string()
    .regex(/^[a-z_]+$/)
    .describe('id of the event; Gatehouse’s own attribute'),
  class_uid: z.union([z.literal(3001), z.literal(3002), z.literal(3004)]).describe('OCSF class'),
  category_uid: z.literal(3).describe('Identity & Access Management'),
  activity_id: z.int().describe('what happened, in the class'),
  activity_name: z.string().optional().describe('the event’s id, where `activity_id` is 99'),
  type_uid: z.int().describe('`class_uid` × 100 + `activity_id`'),
  severity_id: z.int().min(1).max(4).describe('1 informational, 2 low, 3 medium, 4 high'),
  status_id: z.int().min(1).max(2).describe('1 success, 2 failure'),
  status_code: z.string().max(128).optional().describe('why: a stable error code, also where the answer conceals it'),
  status_detail: z.string().max(512).optional().describe('why a dependency failed: names of errors'),
  time: z.int().positive().describe('when the request came, in milliseconds since 1970'),
  metadata: z.strictObject({
    version: z.literal('1.6.0').describe('of OCSF'),
    uid: uid.describe('request id, the same as in the access log and in `X-Request-Id`'),
    product: z.strictObject({ name: z.literal('Gatehouse'), vendor_name: z.literal('Gatehouse') }),
  }),
  service: z
    .strictObject({ name: z.literal('Gatehouse') })
    .optional()
    .describe('in class 3002'),
  is_mfa: z.literal(true).optional().describe('a code of a second factor was shown'),
  account_switch_type_id: z.literal(2).optional().describe('2, impersonation'),
  user: user.optional().describe('whom the event is about; not in class 3004'),
  actor: z
    .strictObject({ user: z.strictObject({ uid }) })
    .optional()
    .describe('who acted, where it was not `user`: an administrator or operator'),
  session: z
    .strictObject({ uid })
    .optional()
    .describe('id of the session, which is not its token; in class 3001 Gatehouse’s own attribute'),
  entity: z
    .strictObject({ name: z.string(), data: z.record(z.string(), z.unknown()) })
    .optional()
    .describe('in class 3004: the signing keys, without key material'),
  src_endpoint: z
    .strictObject({ ip: z.union([z.ipv4(), z.ipv6()]).describe('as API Gateway or the trusted front saw it') })
    .optional(),
  http_request: z
    .strictObject({
      http_method: z.string().max(16),
      url: z.strictObject({ path: z.string().max(256).describe('without query, and without what looks like a token') }),
      user_agent: z.string().max(256).optional().describe('as sent, cut after 256 characters'),
    })
    .optional(),
  http_response: z
    .strictObject({ code: z.int().min(100).max(599) })
    .optional()
    .describe('status of the answer'),
  unmapped: z
    .strictObject({
      kid: z.string().optional().describe('of the authorizer: the key that the token names'),
      jti: z.string().optional().describe('of the authorizer: id of the token'),
      command: z.string().optional().describe('of `npm run admin`: what the operator asked for'),
    })
    .optional(),
});

/** A whole log line that carries an event. */
export const auditLineSchema = z.looseObject({
  level: z.enum(['INFO', 'WARN', 'ERROR']),
  message: z.string(),
  audit: eventSchema,
});
