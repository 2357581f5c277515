/** What audit events tell of people where the options do not say otherwise. */
export const auditDefaults = { email: 'hash', ip: 'full' } as const;
