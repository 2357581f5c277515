const minute = 60;
const day = 24 * 60 * minute;

/** Durations are in seconds. */
export interface DetectionSettings {
  readonly enabled: boolean;
  readonly failures: number;
  readonly failureWindow: number;
  readonly memory: number;
  readonly mail: boolean;
}

export const detectionDefaults: DetectionSettings = {
  enabled: true,
  failures: 5,
  failureWindow: 15 * minute,
  memory: 30 * day,
  mail: true,
};
