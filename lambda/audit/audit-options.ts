/** What audit events tell of people. */
export interface AuditOptions {
  /**
   * The e-mail address that was given: always as a keyed hash (`user.email_hash`), with which events of one address can be found by
   * whoever has the key; `masked` adds it as `a***@example.com`, `clear` as it is (`user.email_addr`). Warning: both put personal data
   * into logs and archives, where it outlives the account. ASVS 5.0 16.2.5. @default 'hash'
   */
  readonly email?: 'hash' | 'masked' | 'clear';
  /**
   * The client's IP address: `full`, or `truncated` to its network (/24, for IPv6 /48). Warning: truncated addresses do not tell one
   * attacker from 255 neighbours, neither in an investigation nor to an operator who wants to block one. @default 'full'
   */
  readonly ip?: 'full' | 'truncated';
}
