export { dynamodbRateLimit, type RateLimit, type RateLimitDecision, type RateLimitRule } from './rate-limit.ts';
export { rateLimitTable } from './rate-limit-table.ts';
