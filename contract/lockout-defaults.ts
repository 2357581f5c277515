const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Durations are in seconds. */
export interface LockoutSettings {
  readonly enabled: boolean;
  readonly maxFailures: number;
  readonly window: number;
  readonly duration: number;
  readonly maxDuration: number;
  readonly resetAfter: number;
  readonly accountMaxFailures: number;
  readonly accountWindow: number;
  readonly accountDuration: number;
  readonly deviceLifetime: number;
}

export const lockoutDefaults: LockoutSettings = {
  enabled: true,
  maxFailures: 5,
  window: 15 * minute,
  duration: 15 * minute,
  maxDuration: day,
  resetAfter: day,
  accountMaxFailures: 100,
  accountWindow: day,
  accountDuration: day,
  deviceLifetime: 180 * day,
};
