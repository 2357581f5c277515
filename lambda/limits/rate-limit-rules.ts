import type { RateLimitRule } from './rate-limit.ts';

/** Requests a source may make to a path without a rule of its own. */
export const defaultRateLimit: RateLimitRule = { window: 60, max: 100 };

/** Per source (IPv6 by /64) and path; the first pattern that matches counts. `false`: not limited here, the WAF still is. */
export const rateLimitRules: Record<string, RateLimitRule | false> = {
  '/get-session': false,
  '/sign-in/*': { window: 300, max: 60 },
  '/sign-up/*': { window: 3600, max: 10 },
  '/request-password-reset': { window: 3600, max: 20 },
  '/send-verification-email': { window: 3600, max: 20 },
  '/reset-password': { window: 3600, max: 20 },
  '/change-password': { window: 300, max: 20 },
  '/two-factor/*': { window: 10, max: 3 },
};

/** Mails of one kind to one address: beyond that they are dropped, and the answer does not tell. */
export const mailRateLimit: RateLimitRule = { window: 3600, max: 3 };
