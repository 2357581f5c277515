export {
  dynamodbRateLimit,
  type RateLimit,
  type RateLimitDecision,
  type RateLimitOptions,
  type RateLimitRule,
  type Reservation,
} from './rate-limit.ts';
export { rateLimitTable } from './rate-limit-table.ts';
