/** Rotation of Better Auth's secret. */
export interface SecretOptions {
  /**
   * Seconds for which cookies, bearer tokens and mailed links that the previous secret signed are accepted after a rotation, and signed
   * anew. Less than `sessions.expiresIn` signs out who does not come by in that time; 0 all at once.
   *
   * @default 604800 - 7 days, as long as a session that is not used
   */
  readonly acceptPrevious?: number;
}
