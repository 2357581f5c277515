/** What the second factor is where the options do not say otherwise. */
export const secondFactorDefaults = {
  maxAttempts: 10,
  lockoutMinutes: 15,
  challengeMinutes: 5,
  backupCodes: 10,
  trustedDeviceDays: 30,
  exemptSignIns: [] as readonly string[],
} as const;
