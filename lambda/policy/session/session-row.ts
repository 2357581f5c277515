/** A session as the policy sees it. */
export interface SessionRow {
  readonly id: string;
  readonly token: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  readonly ipAddress?: string | null;
  readonly userAgent?: string | null;
  /** Absent on sessions from before there was such a field. */
  readonly lastSeenAt?: Date | null;
  readonly impersonatedBy?: string | null;
}
