/** Paths below the base URL. */
export const routes = {
  authBase: '/api/auth',
  jwks: '/.well-known/jwks.json',
  discovery: '/.well-known/openid-configuration',
  health: '/health',
} as const;

/** Below `authBase`: where the link leads that is mailed when sign-in is locked. */
export const unlockPath = '/unlock-account';

/** The largest request body, in bytes; the WAF and the function both enforce it. */
export const maxBodyBytes = 8 * 1024;

/** Headers by which clients or proxies claim an address. The gateway drops every client copy. */
export const clientIpHeader = 'x-gatehouse-client-ip';

/** Carries the token of the signed double-submit cookie, both ways, where that is on. */
export const csrfHeader = 'X-CSRF-Token';
