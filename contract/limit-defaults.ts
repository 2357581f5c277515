const minute = 60;
const hour = 3600;

/** What the limits are where the options do not say otherwise. Windows in seconds. */
export const limitDefaults = {
  default: { window: minute, max: 100 },
  mail: { window: hour, max: 3 },
  message: 'Too many requests. Please try again later.',
  suspiciousFactor: 0.1,
  adminFactor: 10,
} as const;
